/* Initials of one person's name, made before the name leaves the page. The server does the same
   with more care (aggregates/initials.py): what is not plainly one name is refused here. */
"use strict";

const toAlias = (() => {
  const list = (text) => new Set(text.split(" "));
  const TITLES = list("dr dra mr mrs ms miss mx prof professor doctor rev sir dame sra srta señor señora");
  const SUFFIXES = list("jr sr jnr snr esq ii iii iv phd psyd edd dds lmft lcsw lpcc amft asw apcc");
  const PARTICLES = list("von van vom zu zum zur der den dem ten ter te op de del della di da das do dos du la le el al bin bint ibn");
  const JOINING = list("and und et with plus or y og");
  const NAME = /^[\p{L}\p{M}\s.,'’‘ʼ()"“”‐-]+$/u;
  const LATIN = /^[\p{Script=Latin}\p{Script=Inherited}\p{Script=Common}]+$/u;
  const INITIALS = /^(?:\p{L}\.\s?){1,3}$/u;
  const NUMBERED = /^(?:\p{L}\.){1,3}(?:[2-9]|[1-9][0-9])$/u;
  const CODE = /^[A-Z]-[0-9]{3}$/i;
  const LENGTH_MAX = 80;

  const plain = (word) => word.replaceAll(".", "").toLowerCase();
  const dropTitles = (words) => {
    let start = 0;
    while (start < words.length - 1 && TITLES.has(plain(words[start]))) start += 1;
    return words.slice(start);
  };
  const dropSuffixes = (words, keep) => {
    let end = words.length;
    while (end > keep && SUFFIXES.has(plain(words[end - 1]))) end -= 1;
    return words.slice(0, end);
  };
  const dropParticles = (words) => {
    if (words.length > 1 && PARTICLES.has(words[0])) {
      let start = 0;
      while (start < words.length - 1 && PARTICLES.has(words[start])) start += 1;
      return words.slice(start);
    }
    return words;
  };
  const first = (word) => /\p{L}/u.exec(word)[0].toUpperCase().normalize("NFKC")[0] + ".";

  /* Returns initials or a code; null for what the person has to say differently. */
  return (typed) => {
    const text = typed.normalize("NFKC").trim();
    if (CODE.test(text)) return text.toUpperCase();
    if (INITIALS.test(text) || NUMBERED.test(text)) return text.toUpperCase().replaceAll(" ", "");
    if (typed.length > LENGTH_MAX || !NAME.test(text) || !LATIN.test(text)) return null;
    const name = text.replace(/\([^()]*\)|["“][^"“”]*["”]/gu, " ");
    const parts = name.split(",").map((part, place) => {
      const words = part.split(/\s+/u).filter((word) => /\p{L}/u.test(word));
      return dropSuffixes(dropTitles(words), place === 0 ? 1 : 0);
    }).filter((words) => words.length);
    if (!parts.length || parts.length > 2) return null;
    if (parts.length === 2 && parts.every((words) => words.length > 1)) return null;
    const words = dropParticles(parts.reverse().flat());
    if (words.some((word) => JOINING.has(plain(word)))) return null;
    if (words.length === 1) {
      const letters = plain(words[0]);
      const oneCase = words[0] === words[0].toUpperCase() || words[0] === words[0].toLowerCase();
      if (letters.length > 1 && letters.length <= 3 && oneCase) return null;
      return first(words[0]);
    }
    return first(words[0]) + first(words.at(-1));
  };
})();
