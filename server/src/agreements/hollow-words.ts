/** What stands where nobody has decided yet. */
const placeholder =
  /^\W*(?:tbd|tba|tbc|todo|n\/?a|none|nil|no|open|later|pending|unknown|xxx+|to be (?:agreed|decided|defined|determined|discussed|confirmed|negotiated)|(?:as|to be) (?:mutually )?agreed(?: (?:upon|later|between the parties))?)?\W*$/i

/** Whoever owes it decides whether it is owed. */
const discretion =
  /\b(?:at (?:its|their|his|her|our)(?: own| sole| absolute)* discretion|may (?:grant|offer|give|consider|choose|decide|provide)|might|(?:will|shall) consider|considers?|goodwill|gesture)\b/i

/** Effort and talk: nobody can tell later whether there was enough of it. */
const effort =
  /\b(?:(?:best|reasonable|commercially reasonable|all reasonable|every|good faith|diligent|utmost)(?: \w+)? (?:efforts?|endeavou?rs?)|(?:does|do|try|tries) (?:its|their|our) (?:best|utmost)|good faith|endeavou?rs?|strives?|aims?|tr(?:y|ies)|seeks?|hopes?|intends?|as soon as (?:possible|practicable)|where(?:ver)? (?:possible|feasible)|if (?:possible|feasible)|promptly|in a timely manner|reasonabl[ey]|appropriate|adequate|satisfactory|satisfaction|professional(?:ly)?|care(?:ful|fully)?)\b/i
const talk =
  /\b(?:discuss(?:es|ion)?|talks?|meets?|meeting|consults?|consultation|reviews?|looks? into|escalat(?:e|es|ion)|apologi[sz]es?|apology|inform(?:s|ed)?|notif(?:y|ies)|explains?|explanation|cooperates?|collaborates?|liaises?|communicat(?:e|es|ion)|attention|taken seriously|learn(?:s|ed)?|improve(?:s|ment|ments)?)\b/i

/** What somebody would feel: money, an end, named work, or a number that can be held against the other side. */
const tangible =
  /\d|[€$£%]|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|half|double|twice|pays?|payable|paid|credit(?:s|ed)?|refund(?:s|ed)?|reimburses?|waives?|deducts?|withh[eo]lds?|fee|fees|penalt(?:y|ies)|damages|terminates?|termination|ends?|suspends?|exclusiv\w+|free of charge|no charge|at its own cost|forfeits?|loses?|takes over|replaces?|rebuilds?|works?|delivers?|extends?|doubles?|halves?|rank|badge|removed?)\b/i

/**
 * Whether a remedy says something that could be held against somebody. What is undecided, left to the debtor, or only effort or
 * talk does not. What a party promises is never judged by its words; this is about what happens when it is not kept.
 *
 * English only, like the fields it reads are in practice; a sentence that no pattern knows counts as saying something.
 */
export function obligesNobody(remedy: string): boolean {
  if (placeholder.test(remedy) || discretion.test(remedy)) return true
  return (effort.test(remedy) || talk.test(remedy)) && !tangible.test(remedy)
}

/** Whether what is to be counted is undecided or a matter of taste. */
export function countsNothing(counted: string): boolean {
  return placeholder.test(counted) || effort.test(counted)
}

const place =
  '(?:clause|section|article|paragraph|schedule|annex|appendix|exhibit|agreement|contract|sla|msa|terms(?: and conditions)?|service levels?(?: agreement)?|documentation|polic(?:y|ies)|§)'
const said = '(?:set out|set forth|defined|described|stated|specified|provided|agreed|laid down|listed|determined)'
const kind = 'applicable|relevant|master|separate|other|respective|same'

/** Nothing but the name of another place: “as set out in Schedule 4”, “see clause 3.2 of the Agreement”. */
const reference = new RegExp(
  String.raw`^\W*(?:as|see|cf\.?|per|pursuant to|in accordance with|according to|subject to|under)?\s*(?:${said})?\s*(?:in|by|under|per|to)?\s*(?:the|this|that|our|its|their)?\s*(?:${kind})?\s*${place}(?:[\s.()§-]*(?:\d[\d.()§a-z-]*|[a-z]\b))?(?:\s+(?:of|to)\s+(?:the|this|that)?\s*(?:${kind})?\s*${place}[\s\d.()§-]*)?\W*$`,
  'i',
)

const bareReference = new RegExp(String.raw`^\W*as ${said}(?: (?:elsewhere|separately|above|below|therein|from time to time))?\W*$`, 'i')

/** Whether a text only names another place. It may say a lot there; nobody can hold it against anybody from here. */
export function pointsElsewhere(text: string): boolean {
  return reference.test(text) || bareReference.test(text)
}

const itself =
  /\b(?:complian(?:ce|t) with|performance of|fulfil?ment of|breach(?:es)? of|violations? of|adherence to|keeping|as (?:defined|described|promised|set out|stated) (?:in|by|under))\s+(?:this|the (?:same|present)|its own)\s+(?:clause|section|commitment|promise|obligation|duty|agreement|contract|sla|service level)\b/i

/** Whether what is counted is the promise itself: it is kept when it is kept. */
export function definesItself(counted: string): boolean {
  return itself.test(counted)
}

/** Whether evidence is undecided, or is whatever the one who promised says it is. */
export function provesNothing(evidence: string): boolean {
  return (
    placeholder.test(evidence) ||
    discretion.test(evidence) ||
    /\b(?:sole|own|absolute)\s+(?:judge?ment|opinion|assessment|determination|discretion|view)\b/i.test(evidence)
  )
}
