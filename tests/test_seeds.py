from eeg import seeds


def test_words_name_one_seed_everywhere():
    assert seeds.seed(1, "fit", "s01") == 495822656  # fixed: the same in every process and on every machine


def test_neighbouring_words_give_unrelated_seeds():
    drawn = [seeds.seed(1, "fit", "s01", fold) for fold in range(100)]
    assert len(set(drawn)) == 100


def test_word_boundaries_and_types_count():
    assert len({seeds.seed("a", "bc"), seeds.seed("ab", "c"), seeds.seed("1"), seeds.seed(1)}) == 4


def test_generator_repeats():
    assert seeds.generator(3, "x").random() == seeds.generator(3, "x").random()
