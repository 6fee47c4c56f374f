"""Words that say how a question hangs on the one before: sorts of things, parts of things, pointers.

Closed lists of both languages, in simplified characters and small letters; none is of any document.
"""

from __future__ import annotations

import regex

from index.text.tokens import stem

# What the end of a noun phrase says it is of.
SORTS: dict[str, regex.Pattern[str]] = {
    "person": regex.compile(
        r"(?:患者|病人|病友|患儿|孩子|小孩|儿童|青少年|女性|男性|妇女|孕妇|产妇|老人|老年人|成人|成年人|人群|人|者|学者|团队|作者)们?$"
        r"|\b(?:patients?|people|persons?|child|children|kids?|wom[ae]n|m[ae]n|mothers?|adults?|adolescents?|infants?"
        r"|participants?|recipients?|donors?|volunteers?|subjects|boys?|girls?|authors?|researchers?|doctors?)$"
    ),
    "animal": regex.compile(r"(?:鼠|猴|犬|兔|动物)$|\b(?:mice|mouse|rats?|monkeys?|animals?|dogs?|rabbits?|pigs?)$"),
    "disease": regex.compile(
        r"(?:[病癌瘤疹炎]|综合征|综合症|狼疮|硬化症?|缺陷|血症|肌无力|障碍)$"
        r"|\b(?:diseases?|syndromes?|disorders?|illness(?:es)?|conditions?|lupus|cancers?|diabetes|asthma|infections?"
        r"|\w*(?:itis|oma|omas|osis|emia|sclerosis|pathy)|erythematosus|gravis|sclerosis)$"
    ),
    "treatment": regex.compile(
        r"(?:疗法|治疗|移植|药|药物|新药|单抗|抗体药|手术|制剂|激素|疫苗)$"
        r"|\b(?:therap(?:y|ies)|treatments?|transplant(?:s|ation|ations)?|drugs?|medicines?|medications?|surger(?:y|ies)"
        r"|procedures?|vaccines?|steroids?|infusions?|biologics?|\w{3,}mab)$"
    ),
    "cell": regex.compile(r"细胞$|\bcells?$"),
    "study": regex.compile(r"(?:研究|试验|实验)$|\b(?:trials?|stud(?:y|ies)|experiments?)$"),
}  # fmt: skip

# Whom "they" is said of.
LIVING = frozenset(("person", "animal"))
# What is said of the living only; cells survive too.
OF_LIVING = regex.compile(r"活得|怀孕|停药|几岁|年纪|\b(?:live|lived|die|died|relapsed?|old|pregnant)\b")
# Cells are given as treatments are.
GIVEN = frozenset(("treatment", "cell"))

# Nouns that stand for something named before, with the sorts of what they stand for.
STANDS_FOR: dict[str, frozenset[str]] = {
    word: frozenset(sorts.split())
    for words, sorts in (
        ("疗法 治疗 治疗方法 治疗方式 方法 方式 技术 手段 手术 药 药物 新药 产品 方案 策略", "treatment cell"),
        ("therapy therapies treatment treatments method methods technique techniques approach", "treatment cell"),
        ("approaches procedure procedures drug drugs medicine medicines product products strategy", "treatment cell"),
        ("病 疾病 病症", "disease"),
        ("disease diseases disorder disorders condition conditions illness syndrome", "disease"),
        ("细胞", "cell"),
        ("cell cells", "cell"),
        ("患者 病人 患儿 孩子 病友 人 人群", "person"),
        ("patient patients people person child children kids women men participants", "person"),
        ("小鼠 动物 老鼠", "animal"),
        ("mouse mice animals animal", "animal"),
        ("研究 试验 实验", "study"),
        ("trial trials study studies experiment experiments", "study"),
    )
    for word in words.split()
}  # fmt: skip

# Nouns and verbs that are always of something: where a question has no others, it is about what came before.
PARTS_ZH = regex.compile(
    r"(?:发病|患病|死亡|复发|缓解|生存|存活|有效|治愈|发生|应答|反应|成功|失败|感染|致死|病死|检出|阳性|概|几|比)率"
    r"|(?:安全|有效|耐受|毒|特异|可行|可靠|必要|重要|局限|持久|稳定)性|(?:治疗)?效果|(?:副|不良)?作用|副反应|不良反应|反应"
    r"|疗效|有效|起效|功效"
    r"|见效|风险|危险|危害|机制|机理|原理|优势|优点|缺点|劣势|好处|坏处|局限|病因|原因|诱因|起因|症状|表现|体征|后果|结果|结局|结论|目的"
    r"|目标|意义|前景|未来|费用|价格|成本|花费|患者|病人|人数|病例|例数|受试者|参与者|志愿者|试验|研究|临床试验|临床|安全|剂量|用量|疗程"
    r"|时间|时候|周期|寿命|历史|定义|类型|种类|步骤|过程|流程|条件|来源|靶点|靶标|适应症|适应证|适用|适合|禁忌|禁忌症|禁忌证|并发症|后遗症"
    r"|指标|数据|证据|问题|挑战|困难|影响|变化|进展|阶段|治疗|治愈|治好|根治|断根|预防|预后|诊断|检查|复发|死亡|存活|生存|缓解|改善|好转"
    r"|恶化|恢复|批准|获批|上市|发现|发明|提出|研发|开发|构建|制备|生产|参加|参与|纳入|入组|接受|注册|登记|使用|应用|进行|开展|发生|出现"
    r"|导致|引起|严重|常见|罕见|持续|维持|需要|推荐|注意|注意事项|遗传|传染|报道|发表|便宜|昂贵|停药|方法|方式|做法|用法|疗法|方案|技术|药"
    r"|药物|细胞|产品|公司|机构|医院|国家|地区|编号|注册号|代号|全称|简称|缩写|英文|中文|名称|名字|意思|含义|还有|处于|处理|应对|具体|主要|帮助|作用|分类|特点"
    r"|特征|功能|用途|内容|例子|比例|数量|数字|年龄|性别|程度|多少|情况|方面|期|人|钱|第\p{Han}"
)
PARTS_EN = frozenset(
    "side effect effects benefit benefits advantage advantages disadvantage disadvantages risk risks danger dangers "
    "harm complication complications mechanism cause causes reason reasons symptom symptoms sign signs outcome "
    "outcomes result results rate rates incidence prevalence mortality survival safety efficacy effectiveness "
    "toxicity dose doses dosage cost costs price limitation limitations drawback drawbacks problem problems "
    "challenge challenges patient patients people participants participant case cases trial trials study studies "
    "number numbers safe effective work works long often common severe serious dangerous expensive approved approve "
    "enrolled enroll enrol treated treat cured cure registered register tested test relapse relapsed die died death "
    "deaths recover recovered respond responded response discovered invented developed develop used use "
    "side-effects happen happened last lasts take takes percentage share proportion fraction age sex time times year "
    "years month months week weeks day days duration history type types kind kinds treatment treatments therapy "
    "therapies drug drugs target targets indication indications contraindication contraindications prognosis "
    "diagnosis diagnosed evidence data available possible full name names stand stands mean means abbreviation "
    "definition purpose aim goal goals source sources origin step steps process procedure procedures treating "
    "reported report published adverse event events remission relapses improvement improve improved example "
    "examples prevented first second third latest largest best prevention contagious hereditary infectious change "
    "changes option options company hospital country part parts phase stage next future main major short term new "
    "newer good bad better worse high low higher lower big small large involve involved need needed needs require "
    "required come comes made make".split()
)

# Nouns that point at what was said or asked rather than at a thing.
DISCOURSE = regex.compile(
    r"结论|情况|问题|观点|说法|句话|话|意思|内容|信息|数据|方面|例子|部分|章节|段话?|时候|地方|年|天|意义|基础|过程"
    r"|conclusions?|cases?|questions?|statements?|information|ways?|points?|contexts?|respects?|reasons?|parts?|sections?"
    r"|paragraphs?|sentences?|years?|days?|data|sense|moment|time"
)

# What speaks of here and now, or to somebody: it never hangs on anything before.
DEICTIC = regex.compile(
    r"今天|明天|昨天|后天|今晚|[你您]|天气|几点|几号|星期几|周几"
    r"|\bwhat (?:time|day|date) is it|\bwhat(?:['’]s| is) the (?:time|date)\b"
    r"|\b(?:today|tomorrow|yesterday|tonight|weather|you|your|yourself)\b"
)
# The document that is being read.
DOCUMENT = regex.compile(
    r"(?:[这本该此那][一]?(?:篇|份|个|本)?(?:综述|文章|论文|文献|文档|文件|材料|报告|资料|书))|本文|原文|文中|全文|文内|作者"
    r"|\b(?:this|the|that|these|those)\s+(?:review|paper|article|document|text|file|manuscript|reports?|authors?|source)\b"
)

# English words between phrases.
BREAKS_EN = frozenset(
    "what which who whom whose when where why how is are was were be been being am do does did done has have had "
    "having can could will would shall should may might must not no and or but if so than then that this these "
    "those the a an any some of in on at to from by with for without after before during over under against between "
    "among into onto through throughout about as like per via despite since until while because though although it "
    "its they them their theirs he she his her hers him i me my mine we us our you your here there all both each "
    "every many much more most few fewer less least only also too still yet ever never just such other another "
    "others same else up out off down back again however versus vs apart anyone anybody someone somebody anything "
    "something nothing nobody everyone please don doesn didn isn aren wasn weren hasn haven won own well beyond "
    "inside outside already together whether instead able unable itself themselves within across really actually "
    "exactly currently far now today".split()
)
AUXILIARIES = frozenset(
    "is are was were am be been do does did has have had can could will would shall should may might must isn aren "
    "wasn weren doesn didn don hasn haven t s re".split()
)
ARTICLES = frozenset("the a an".split())
ASKERS = frozenset("what which whose many much".split())
# Stems of verbs that end a phrase; those that are as often nouns are left out.
VERBS_EN = frozenset(
    "work affect reduc help improv differ compar mean happen show increas take make get come becom begin start "
    "respond act suppress inhibit build built develop creat invent discov approv regist publish look remain stay go "
    "fail recov die live surviv relat trigger produc carri express contain includ involv requir say tell find know "
    "induc attack destroy remov deplet restor give given receiv undergo occur appear exist enter reach achiev grow "
    "return spread put kill prevent treat use made reduct caus keep kept let run hit see seen".split()
)
_PARTICIPLE = regex.compile(r"\p{Latin}{3,}(?:ed|ing)$|^(?:using|made|given|built|grown|taken|known)$")


def is_participle(word: str) -> bool:
    """Whether an English word looks like a participle."""
    return bool(_PARTICIPLE.search(word))


def is_verb(word: str) -> bool:
    """Whether an English word looks like a verb or an adverb rather than a noun."""
    return bool(stem(word) in VERBS_EN or is_participle(word) or word.endswith("ly"))


def is_part(core: str) -> bool:
    """Whether a folded phrase is only ever of something: a rate, a risk, the patients."""
    words = set(core.split())
    return bool(PARTS_ZH.fullmatch(core)) or (bool(words) and words <= PARTS_EN)


def head(phrase: str) -> str:
    """What a folded phrase is first of all: what stands before "of", or after the last 的."""
    return phrase.partition(" of ")[0].removeprefix("the ").rpartition("的")[2]
