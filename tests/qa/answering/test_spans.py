"""Short answers inside a sentence: what is found, what never is, and which clause wins."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answering.question import Question, Wanted
from qa.answering.spans import answers, spans

if TYPE_CHECKING:
    from index.library import Library

TYPES = [wanted for wanted in get_args(Wanted) if wanted != "passage"]


@pytest.mark.parametrize(
    ("wanted", "text", "found"),
    [
        ("percent", "复发率为56%，死亡率15％，缓解率28.1%(77/273)", ["56%", "15％", "28.1%", "77/273"]),
        ("percent", "5年无病生存率为50%~66%", ["50%~66%"]),
        ("percent", "the rate was 12.5 percent", ["12.5 percent"]),
        ("count", "12项研究，339例患者，20余项，5个靶点", ["12项", "339例", "20余项", "5个"]),
        ("count", "随访6个月", []),
        ("count", "15 patients in 3 clinical trials", ["15 patients", "3 clinical trials"]),
        ("duration", "17d后，4个月，5年无病，5周内，48 h", ["17d", "4个月", "5年", "5周", "48 h"]),
        ("duration", "2021年8月", []),
        ("duration", "after 6 months and 2 weeks", ["6 months", "2 weeks"]),
        ("score", "评分从16分降至0分", ["16分", "0分"]),
        ("age", "1例27岁患者", ["27岁"]),
        ("age", "she was 27 years old", ["27 years old"]),
        ("money", "费用约37.3万美元，另收¥1000", ["37.3万美元", "¥1000"]),
        ("money", "it costs $475 or 400 euros", ["$475", "400 euros"]),
        ("dose", "1×10^6个/kg，5 mg，10mg", ["1×10^6个/kg", "5 mg", "10mg"]),
        ("number", "平均3.5，范围50%~66%", ["3.5", "50%~66%"]),
        ("date", "2021年8月，2018年，2024年2月3日", ["2021年8月", "2018年", "2024年2月3日"]),
        ("date", "in August 2021, and again in 2018.", ["August 2021", "2018"]),
        ("trial", "NCT05938725、NCT123；ChiCTR2100046615", ["NCT05938725", "ChiCTR2100046615"]),
        ("website", "see clinicaltrials.gov for more", ["clinicaltrials.gov"]),
        ("person", "Meng等［29］构建了细胞，Reighard等人证实", ["Meng", "Reighard"]),
        ("person", "Mackensen et al reported it", ["Mackensen"]),
        ("organisation", "欧洲血液与骨髓移植学会报告，组织再生良好", ["欧洲血液与骨髓移植学会"]),
        ("place", "于2017年在美国获批", ["美国"]),
        ("place", "approved in the United States and China", ["United States", "China"]),
        ("drug", "AB-101联合利妥昔单抗，单用环磷酰胺", ["AB-101", "利妥昔单抗", "环磷酰胺"]),
        ("drug", "belimumab and imatinib, then Kymriah", ["belimumab", "imatinib", "Kymriah"]),
        ("passage", "5例患者，复发率56%", []),
    ],
)
def test_spans(wanted: Wanted, text: str, found: list[str]) -> None:
    assert [text[a:b] for a, b in spans(text, wanted)] == found


@pytest.mark.parametrize(
    "text", ["有效［3］", "有效[12,13]", "有效［3-5］", "有效[?]", "有效［3，4］", "有效［12–14］。"]
)
@pytest.mark.parametrize("wanted", TYPES)
def test_citation_marks_are_never_spans(wanted: Wanted, text: str) -> None:
    assert spans(text, wanted) == []


@given(text=st.text(st.sampled_from("0123456789.%~-/年月天例项分岁mg［］[]NCT等 ，。Meng在美国单抗"), max_size=60))
def test_spans_stand_in_order_inside_the_text(text: str) -> None:
    for wanted in TYPES:
        found = spans(text, wanted)
        assert all(0 <= a < b <= len(text) for a, b in found)
        assert all(b <= c for (_, b), (c, _) in pairwise(found))


RATES = "复发率为56%，死亡率为15%。"
SHORT = "干细胞移植(stem cell transplantation, HSCT)、MSC(mesenchymal stem cell)、CD19(抗原)、WHO (World Health Agency)"
TRIALS = "已注册(NCT11111111、NCT22222222)"


@pytest.mark.parametrize(
    ("question", "text", "found"),
    [
        pytest.param("复发率56%的患者死亡率是多少？", RATES, ["15%"], id="its own value"),
        pytest.param("339例里有多少例患者复发？", "共有339例患者。", [], id="nothing but its own value"),
        pytest.param("死亡率是多少？", RATES, ["15%"], id="nearest clause"),
        pytest.param("复发率是多少？", RATES, ["56%"], id="nearest clause, the other way"),
        pytest.param("What was the mortality rate?", RATES, ["15%"], id="nearest clause, en to zh"),
        pytest.param("What was the relapse rate?", "Relapse was 56%, mortality 15%.", ["56%"], id="nearest clause, en"),
        pytest.param("评分怎么变，几分？", "评分从16分降至0分。", ["16分", "0分"], id="both of one clause"),
        pytest.param("试验的注册编号是什么？", TRIALS, ["NCT11111111", "NCT22222222"], id="every trial"),
        pytest.param("NCT11111111之外的试验编号？", TRIALS, ["NCT22222222"], id="every trial but the asked"),
        pytest.param("HSCT的全称？", SHORT, ["stem cell transplantation"], id="expansion, of the one that is asked"),
        pytest.param("What do MSCs stand for?", SHORT, ["mesenchymal stem cell"], id="expansion, plural"),
        pytest.param("干细胞移植的英文缩写？", SHORT, ["stem cell transplantation, HSCT"], id="abbreviation of a name"),
        pytest.param("WHO的全称？", SHORT, ["World Health Agency"], id="expansion after the abbreviation"),
        pytest.param("CD是什么的简称？", SHORT, [], id="a part of an abbreviation is another"),
        pytest.param("What is AE short for?", "Adverse events (AEs) were rare.", ["(AEs)"], id="expansion before it"),
        pytest.param("HSCT的原理是什么？", RATES, [], id="no short answer wanted"),
    ],
)
def test_answers(library: Library, question: str, text: str, found: list[str]) -> None:
    assert [text[a:b] for a, b in answers(text, Question.read(question), library)] == found
