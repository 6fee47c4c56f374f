"""Every constant of answering, once, each with its reason or the measurement that chose it.

Figures of the tuning half are of the set as it was then, of 168 questions; `yinzheng-eval report` has the
ablation of today.
"""

from __future__ import annotations

import os

# Longer than any question; what is longer is a pasted document.
QUESTION_CHARACTERS_MAX = 2_000

# Fusion: z-scores of each leg, added by weight, chosen on the tuning half and on articles that training held
# out (`eval/training/README.md`). Weights half or twice as great differ by less than noise.
WEIGHTS = {
    "late": 4.0,
    "dense": 1.5,
    "dense_paragraph": 1.0,
    "lexical": 0.5,
    "lexical_paragraph": 0.3,
}

# In a library of both languages the sentences of each are on a scale of their own, and those in the other language than
# the question's are raised by this much, or same-language text drowns the rest. Chosen on half of 300 questions of
# XQuAD over both of its languages together, what is right in the other language only: first paragraphs of Chinese
# questions 0.65 without either, 0.70 at 0, 0.77 at 2, 0.80 at 4; in their own language 0.967, 0.967, 0.960, 0.953.
FOREIGN = 2.0
# How many rows the scale of all counts for in that of each language.
APART_PRIOR = 30.0
# How many windows are read beside the question, each some 20 ms; more change little (`eval/training/README.md`).
READ_WINDOWS = 3
# Among how many of the best sentences what an abbreviation is short for is looked for.
EXPANSION_AMONG = 500
# The longest short answer, in the reading model's tokens.
SPAN_TOKENS_MAX = 30
# The short answer that was read is marked where it is likelier than none, by these log-odds, and at most
# this share of the quote: more is no short answer.
SPAN_ODDS_MIN = 0.0
SPAN_SHARE_MAX = 0.5
# Among how many of the best sentences the words of a quote are looked for elsewhere in the library.
TWINS_AMONG = 50
# In how many of the best sentences wanted spans are looked for, for the reason of a refusal.
EVIDENCE_TOP = 3

# The chances that sentences answer: a conditional logit, from `python -m eval.calibrate`; but for `expansion`, of
# which it sees a handful of questions: there it would say 7, and would leave the others as they are.
CHANCE_BIAS = -2.618
CHANCE = {
    "odds": 0.312,
    "late": 0.250,
    "behind": -0.168,
    "fused_behind": -0.130,
    "held": 0.520,
    "name_missing": -1.278,
    "name_elsewhere": -1.711,
    "type_missing": -1.759,
    "expansion": 4.0,
}
# Beyond these, more says nothing more.
ODDS_MAX = 10.0
FUSED_MAX = 60.0
# The confidence that one of the quotes answers, of the log-odds that any sentence does; from the same. That the
# first one stands out among its rivals was tried beside it, and tells answerable from unanswerable less well.
CONFIDENCE_SLOPE = 0.790
CONFIDENCE_BIAS = 0.281
# Below this the source is said not to answer. On the tuning half, by cross-validation: 0.3 refuses 2 % of the
# answerable questions and 48 % of the others, 0.4 7 % and 59 %, 0.5 11 % and 64 %, 0.6 25 % and 75 %.
CONFIDENCE_MIN = 0.4
# The least confidence where key words were given and the best sentence holds every one, as for a bare "IL-37".
LOOKED_UP = 0.6
# The greatest where nothing but names was given and the library has none of them, as for a bare "HIV"; and where
# what is wanted is known by its form and nothing that was read has it: on the tuning half no evidence lacks it.
NOT_THERE = 0.1
# The library does not speak of the subject at all when both greatest cosines, less this much for a
# question of unknown words only, sum up to less. Tuning half: off-topic questions reach 0.176, answerable
# ones begin at 0.185; without the unknown words the two overlap.
UNKNOWN_COST = 0.05
TOPIC_MIN = 0.18

# Quotes. A further one is shown while its chance is at least this share of the first's; less for questions
# of several parts.
FURTHER = 0.15
FURTHER_SEVERAL = 0.08
QUOTES_TOP = 3
# A sentence in the question's own language stands first while its chance is at least this share of the likeliest's:
# the abstract in English says what the text says in Chinese. On the tuning half it changes no first quote.
OWN_LANGUAGE = 0.8
# At most this many display characters in a quote of several sentences.
QUOTE_CHARACTERS_ZH = 300
QUOTE_CHARACTERS_EN = 450
# Words for a confidence: high from here, medium from here, low below.
CONFIDENCE_HIGH = 0.8
CONFIDENCE_MEDIUM = 0.6
# How many nearest passages a refusal on the subject shows.
NEAREST = 3

# The chat page: where it is served; how many turns a browser keeps, some 10 kB each of the 5 MB it has; the
# characters of a note.
HOST = "127.0.0.1"
PORT = 7860
TURNS_KEPT = 50
NOTE_CHARACTERS_MAX = 2_000
# What the file of feedback may have: ten thousand verdicts and more; who gives them without end would fill the disk.
FEEDBACK_BYTES_MAX = 200_000_000
# What a client may send: bytes a request, far above any question and any kept conversation; requests a minute that
# put work in, from one address, behind which a whole team may sit; questions that wait at once.
REQUEST_BYTES_MAX = 2_000_000
REQUESTS_PER_MINUTE = 600
QUEUE_MAX = 200
# Questions that are answered at once, each by itself: as many as there are cores. On two cores 1 gives 5.4 answers a
# second, 2 and 3 8.4, 4 9.1 (`yinzheng-eval bench serve`); beyond 4 nothing was measured.
AT_ONCE = min(os.cpu_count() or 1, 4)
# Of them, from one address: who fills its own share leaves others room. A team of fifty may ask twice each.
QUEUE_MAX_ADDRESS = 100
# Requests that one address may have open at once: a browser opens six connections, and fifty may sit behind it.
OPEN_MAX_ADDRESS = 300
# Sessions of one address that are remembered, some 70 KB each: fifty readers with six tabs.
SESSIONS_MAX_ADDRESS = 300
# Wrong log-ins of one address in so many minutes: enough for a team that has forgotten, 2,880 guesses a day for others.
LOGINS_WRONG_MAX = 20
LOGINS_WRONG_MINUTES = 10
# A request must come within these seconds, and one more for each so many bytes: a slow telephone line sends 2,000. A
# response of which nothing was taken for so long is not waited for.
PATIENCE_SECONDS = 10.0
BYTES_A_SECOND = 2_000
UNREAD_SECONDS = 30.0
# A reader's own documents, for one browser session. Bytes a file: what is read is held in memory whole, and scanned
# books beyond this are for `yinzheng index add`. Files a session: what one looks through in a sitting.
UPLOAD_BYTES_MAX = 50_000_000
UPLOAD_FILES_MAX = 50
# Pages a file, and the seconds in which it must be read: 1,000 pages of a book take some 20.
UPLOAD_PAGES_MAX = 1_000
UPLOAD_SECONDS_MAX = 60
# Sentences of all files of a session: each takes 40 to 80 ms to encode and some 8 KB of memory, so that this many take
# about ten minutes and 80 MB.
UPLOAD_SENTENCES_MAX = 10_000
# Sessions with documents of their own at once: each may hold that memory once more, with the library's beside it.
UPLOAD_SESSIONS_MAX = 20
# Sessions at all: who opens pages without end would have some 2 KB each for half a day.
ROOMS_MAX = 10_000
# A reload of the page, or a laptop closed over lunch, keeps the documents; a tab that nobody returns to does not.
UPLOAD_GRACE_SECONDS = 10 * 60
UPLOAD_IDLE_SECONDS = 12 * 3600
# Own documents are joined with a library of up to this many sentences, which takes 2 ms a sentence, and asked apart
# from a larger one.
JOINED_SENTENCES_MAX = 5_000
# While many files are read, those that are done can be asked after this many seconds.
JOIN_SECONDS = 20
# Pixels a point of a page shown beside the conversation: sharp on a panel of 600 pixels.
PAGE_SCALE = 2.0

# What is learnt by reading a library through (the names it speaks of, how it prints a term, the words it uses) is
# learnt of one of at most so many sentences: reading these takes some ten seconds.
TEXT_SENTENCES_MAX = 20_000
