"""Sentences that say the same in Chinese and English, to measure how an encoder shifts between them.

A multilingual encoder places a text partly by its language: the mean difference over these pairs is
that part, and `dense` takes it off, so that same-language text does not drown the rest. General on
purpose: they belong to no document.
"""

PAIRS: tuple[tuple[str, str], ...] = (
    ("这种方法安全吗？", "Is this method safe?"),
    ("是谁首先提出的？", "Who first proposed it?"),
    ("一共有多少人参加？", "How many people took part in all?"),
    ("结果是什么时候发表的？", "When were the results published?"),
    ("为什么会失败？", "Why does it fail?"),
    ("它是怎样起作用的？", "How does it work?"),
    ("两者有什么不同？", "What is the difference between the two?"),
    ("有哪些常见的问题？", "What are the common problems?"),
    ("这项研究在哪里进行？", "Where was this study carried out?"),
    ("用的是哪一种材料？", "Which material was used?"),
    ("效果能持续多久？", "How long does the effect last?"),
    ("它有什么优点和缺点？", "What are its strengths and weaknesses?"),
    ("能不能完全治好？", "Can it be cured completely?"),
    ("今后的目标是什么？", "What is the goal for the future?"),
    ("数据来自一项小型研究。", "The data come from a small study."),
    ("大多数人的情况有所好转。", "Most people got better."),
    ("价格在去年有所上升。", "The price rose last year."),
    ("这座城市位于河的北岸。", "The city lies on the north bank of the river."),
    ("科学家发现了一个新的基因。", "Scientists have found a new gene."),
    ("新的工厂将在明年开工。", "The new factory will start work next year."),
    ("这种药每天服用两次。", "This drug is taken twice a day."),
    ("该系统由三个部分组成。", "The system consists of three parts."),
    ("目前还没有足够的证据。", "There is not yet enough evidence."),
    ("测量的误差小于百分之一。", "The error of the measurement is less than one percent."),
    ("孩子们在学校学习两种语言。", "The children learn two languages at school."),
    ("政府批准了这项计划。", "The government approved the plan."),
    ("细胞在显微镜下清晰可见。", "The cells can be seen clearly under the microscope."),
    ("她在三十岁时写了第一本书。", "She wrote her first book at the age of thirty."),
    ("比较两组之后没有发现差异。", "No difference was found after comparing the two groups."),
    ("水在高温下变成气体。", "Water turns into gas at a high temperature."),
)
