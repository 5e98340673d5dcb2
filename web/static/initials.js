/* The alias of a client, made before a name leaves the page: initials, or a code, or null for what
   the person has to say differently. Follows aggregates/initials.py rule by rule; what this cannot
   tell for sure (rare alphabets) it refuses, and the server decides again. */
"use strict";

const toAlias = (() => {
  const LENGTH_MAX = 80;
  const WORDS_MAX = 8;
  const LETTERS_MAX = 3;
  const set = (text) => new Set(text.split(" "));
  const TITLES = set(
    "dr dra mr mrs ms miss mx prof professor doctor rev reverend hon sir dame rabbi imam " +
      "pastor sra srta señor señora señorita herr frau mme mlle monsieur madame capt sgt lt col",
  );
  const GENERATIONS = set("jr sr jnr snr esq");
  const NUMERALS = set("II III IV VI VII VIII");
  const DEGREES = set(
    "phd psyd edd dds dnp dsw lmft lcsw lpcc amft asw apcc mft msw mba mph lep",
  );
  const SHORT_DEGREES = set("MD RN NP");
  const PARTICLES = set(
    "von van vom zu zum zur der den dem 't ten ter te op de del della delle dei degli di da " +
      "das do dos du des la las le les los el al bin bint ibn abu af av",
  );
  const JOINING = set("and und et with plus");
  const JOINING_LOWER = set("or och og");
  const GROUPS = set("couple couples family families group parents siblings twins");

  const LETTER = /[\p{Lu}\p{Ll}\p{Lt}\p{Lo}]/u;
  const LETTERS = new RegExp(LETTER, "gu");
  const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]|\p{Default_Ignorable_Code_Point}/u;
  const ALLOWED = /^[\p{Lu}\p{Ll}\p{Lt}\p{Lo}\p{Mn}\p{Mc}\p{Zs}'‘’ʻʼ‐‑"“”.,()-]+$/u;
  // One alphabet at a time, and only those whose letters are no syllables or whole names.
  const ALPHABETS = [
    /^\p{Script=Latin}$/u, /^\p{Script=Cyrillic}$/u, /^\p{Script=Greek}$/u,
    /^\p{Script=Arabic}$/u, /^\p{Script=Hebrew}$/u, /^\p{Script=Armenian}$/u,
    /^\p{Script=Georgian}$/u, /^\p{Script=Devanagari}$/u, /^\p{Script=Bengali}$/u,
    /^\p{Script=Gurmukhi}$/u, /^\p{Script=Gujarati}$/u, /^\p{Script=Tamil}$/u,
    /^\p{Script=Telugu}$/u, /^\p{Script=Thai}$/u,
  ];
  const CODE = /^[A-Z]-[0-9]{3}$/i;
  const NUMBERED = /^((?:\S\.){1,3})([2-9]|[1-9][0-9])$/u;
  const ELISION = /^(?:d|l|dell|dall|all)'(?=\p{L})/u;

  const letterCount = (word) => (word.match(LETTERS) ?? []).length;
  const fold = (word) => word.toLowerCase();
  const bare = (word) => word.replace(/\.+$/u, "");
  const isLower = (word) => word === word.toLowerCase() && word !== word.toUpperCase();
  const isUpper = (word) => word === word.toUpperCase() && word !== word.toLowerCase();
  const onlySingleLetters = (words) => words.every((word) => letterCount(word) <= 1);
  const words = (text) => text.split(/\s+/u).filter((word) => word !== "");

  function isSuffix(word) {
    const degree = word.replaceAll(".", "");
    return (
      GENERATIONS.has(fold(bare(word))) || NUMERALS.has(bare(word)) ||
      SHORT_DEGREES.has(degree) || DEGREES.has(fold(degree))
    );
  }

  function withoutTitles(segment) {
    const start = segment.findIndex((word) => !TITLES.has(fold(bare(word))));
    return start < 0 ? [] : segment.slice(start);
  }

  function withoutSuffixes(segment, keep) {
    let end = segment.length;
    while (end > keep && isSuffix(segment[end - 1])) end -= 1;
    return segment.slice(0, end);
  }

  function leadingParticles(tokens) {
    let count = 0;
    while (count < tokens.length && PARTICLES.has(fold(tokens[count]))) count += 1;
    if (count === 0) return 0;
    const lower = isLower(tokens[0]);
    if (count === tokens.length) return lower ? count - 1 : 0;
    return lower || count > 1 ? count : 0;
  }

  function withoutParticles(tokens) {
    const start = leadingParticles(tokens);
    let end = tokens.length;
    while (end - start > 2 && PARTICLES.has(tokens[end - 1])) end -= 1;
    return tokens.slice(start, end);
  }

  function spanishAnd(all) {
    const before = all.indexOf("y", 1);
    if (before < 1 || before === all.length - 1) return false;
    return before === 1 || all.length - before - 1 > 1;
  }

  function joinsPersons(all) {
    const later = all.slice(1);
    return (
      all.some((word) => GROUPS.has(fold(word))) ||
      later.some((word) => JOINING.has(fold(word)) || JOINING_LOWER.has(word)) || spanishAnd(all)
    );
  }

  function isFullName(segment) {
    return withoutParticles(segment.filter((word) => letterCount(word) > 1)).length > 1;
  }

  function speakingOrder(name) {
    const named = name
      .split(",")
      .map((part, place) => withoutSuffixes(withoutTitles(words(part)), place === 0 ? 1 : 0))
      .filter((segment) => segment.length > 0);
    if (named.length > 2 || (named.length === 2 && named.every(isFullName))) return [];
    return named.reverse().flat();
  }

  function initial(token) {
    return [...LETTER.exec(token)[0].toUpperCase().normalize("NFKC")][0] + ".";
  }

  function fromName(typed) {
    const plain = typed
      .normalize("NFKC")
      .replace(/[‘’ʻʼ]/gu, "'")
      .replace(/[‐‑]/gu, "-")
      .replace(/[“”]/gu, '"');
    const all = words(plain.replace(/[(),"]/gu, " "));
    if (all.length > WORDS_MAX || all.some((word) => /^-*$/u.test(word))) return null;
    if (joinsPersons(all) && !onlySingleLetters(all)) return null;
    const name = plain.replace(/\([^()]*\)|"[^"]*"/gu, " ").replace(/\bPh\.?\s+D\b\.?/gu, "PhD");
    if (/[()"]/u.test(name)) return null;
    const tokens = speakingOrder(name)
      .flatMap((word) => word.split("."))
      .map((part) => (part === "'t" ? part : part.replace(ELISION, "")))
      .filter((part) => LETTER.test(part));
    if (tokens.length === 0) return null;
    const single = onlySingleLetters(tokens);
    const chosen = single ? tokens : withoutParticles(tokens);
    const count = letterCount(chosen[0]);
    if (chosen.length === 1 && count > 1 && count <= LETTERS_MAX &&
        (isUpper(chosen[0]) || isLower(chosen[0]))) return null;
    const ends = chosen.length > 1 ? [chosen[0], chosen.at(-1)] : chosen;
    return (single && tokens.length <= LETTERS_MAX ? chosen : ends).map(initial).join("");
  }

  function isPlain(text) {
    const plain = text.normalize("NFKC");
    if (HIDDEN.test(text) || HIDDEN.test(plain) || !ALLOWED.test(text) || !ALLOWED.test(plain)) {
      return false;
    }
    const letters = plain.match(LETTERS) ?? [];
    return ALPHABETS.some((alphabet) => letters.every((letter) => alphabet.test(letter)));
  }

  return (typed) => {
    const text = typed.trim();
    if (CODE.test(text)) return text.toUpperCase();
    const numbered = NUMBERED.exec(text);
    const name = numbered ? numbered[1] : text;
    if ([...typed].length > LENGTH_MAX || !isPlain(name)) return null;
    const alias = fromName(name);
    return alias === null ? null : alias + (numbered ? numbered[2] : "");
  };
})();
