"""Faults, each with the part of the system that the gate should name; and what only looks like one."""

from __future__ import annotations

import fault_answers
import fault_sources
import fault_vectors
import fault_words
from sown import Change

LEXICAL = frozenset({"lexical", "lexical_paragraph"})
DENSE = frozenset({"dense", "dense_paragraph"})
LATE = frozenset({"late"})
LEGS = LEXICAL | DENSE | LATE

FAULTS = (
    Change("jieba off", LEXICAL, fault_words.jieba_off, rebuild=True),
    Change("words cut at white space", LEXICAL, fault_words.whitespace, rebuild=True),
    Change("traditional to simplified off", LEGS | {"script"}, fault_words.traditional_off, rebuild=True),
    Change("stemming off", LEXICAL, fault_words.stemming_off, rebuild=True),
    Change("glossary off", LEXICAL, fault_words.glossary_off, rebuild=True),
    Change("idf off", LEXICAL, fault_words.idf_off, rebuild=True),
    Change("query prefix dropped", DENSE, fault_vectors.query_prefix_dropped),
    Change("vectors not normalised", DENSE, fault_vectors.not_normalised, rebuild=True),
    Change("language shift left in", DENSE, fault_vectors.not_centred, rebuild=True),
    Change("vectors in the next row", DENSE, fault_vectors.shifted_vectors, rebuild=True),
    Change("one vector for every question", DENSE, fault_vectors.dead_encoder),
    Change("questions cut short", LEGS, fault_words.cut_questions),
    Change("fusion weights swapped", frozenset({"fusion"}), fault_answers.weights_swapped),
    Change("scores added raw", frozenset({"fusion"}), fault_answers.raw_scores),
    Change("worst first", frozenset({"fusion"}), fault_answers.worst_first),
    Change("quotes in reverse", frozenset({"quotes"}), fault_answers.quotes_reversed),
    Change("only one quote", frozenset({"quotes"}), fault_answers.one_quote),
    Change("threshold at 0", frozenset({"refusal"}), fault_answers.never_refuses),
    Change("threshold at 1", frozenset({"refusal"}), fault_answers.always_refuses),
    Change("confidence too high", frozenset({"refusal"}), fault_answers.calibration_lost),
    Change("late vectors of the neighbour", LATE, fault_vectors.late_shifted, rebuild=True),
    Change("late interaction with the first token", LATE, fault_vectors.late_unweighted),
    Change("windows read in reverse", frozenset({"reading"}), fault_answers.reading_reversed),
    # What it costs most, and what is certain of it, are refusals; first places it costs too few to be told from chance.
    Change("windows read beside another question", frozenset({"reading", "refusal"}), fault_answers.reading_unasked),
    Change("citation marks cut off", frozenset({"sentences"}), fault_sources.splitter_cuts_marks, rebuild=True),
    Change("sentences cut at commas", frozenset({"sentences"}), fault_sources.splitter_cuts_commas, rebuild=True),
    Change("offsets by one", frozenset({"citation"}), fault_answers.offset_by_one),
    Change("offsets by one, text kept", frozenset({"SourceError"}), fault_answers.offset_without_text),
    Change("text tidied", frozenset({"verbatim"}), fault_answers.text_tidied),
    Change("neighbour cited", frozenset({"citation"}), fault_answers.neighbour_cited),
    Change("paragraph ids shifted", frozenset({"citation"}), fault_sources.ids_shifted, rebuild=True),
    Change("a section not indexed", frozenset({"coverage"}), fault_sources.section_missing, rebuild=True),
    Change("source swapped under the index", frozenset({"verbatim", "citation"}), fault_sources.source_swapped),
    Change("stale index", frozenset({"IndexStale"}), fault_sources.stale_index),
    Change("damaged vectors", frozenset({"IndexDamaged"}), fault_sources.damaged_vectors),
)

# What looks like a fault and, measured over the set, makes no answer worse: the gate keeps still. Words by
# jieba's search mode find what bigrams find; by themselves bigrams matter where there is no dictionary.
NEUTRAL = (Change("bigrams off", frozenset(), fault_words.bigrams_off, rebuild=True),)

# Labels that stand no longer are told apart from worse answers.
ORPHANED = (
    Change("paragraphs merged", frozenset({"sentences", "labels"}), fault_sources.paragraphs_merged, rebuild=True),
    Change("source edited", frozenset({"labels"}), fault_sources.source_edited),
)
