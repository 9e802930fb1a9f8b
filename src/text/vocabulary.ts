import { stemmed } from './tokens.ts';
import { COMMON_WORDS, ERROR_KEYS, FAILED_VALUES, NEGATIONS, STATUS_KEYS, SUCCESS_KEYS } from './words.ts';

/** The words that the patterns of `words.ts` and the rules on keys look for; as public as the patterns. */
const PATTERN_WORDS = `
  exception traceback failure failed fatal invalid unauthorized unauthorised forbidden unknown unable bad timed timeout
  permission denied access rate limit limited internal server such exist exists record records match matches entry entries
  item items row rows was rejected failed occurred pending queued running progress processing ready starting initializing
  initialising scheduled waiting building provisioning again recheck refresh retry double news change tbd todo tba
  undefined placeholder example dummy sample default latest active recent previous auto primary selected self existing
  later abc abc123 xx xxx xxxx count total size length num hits ref no code key token name type status value date at of
  because given based according confirmed found shows showed shown says said returned reveals revealed indicates indicated
  therefore alternative alternatives alternatively turns seems seem appears appear however listed possible enough sufficient
  unclear ambiguous unless long otherwise case depending fallback fall after before when authenticate authentication
  identity verify customer caller client member patient account
  ids uuid guid identifier handle slug sku email vin iban null true false n/a
  400 401 402 403 404 405 406 408 409 410 412 413 415 422 423 424 425 426 428 429 431 451 500 501 502 503 504 505
  123 1234 12345 123456 1234567 12345678 123456789 1234567890 00 000 0000 00000 000000
`;

/** General words and codes that mean the same to everybody: fingerprints tell them as they are, by number. */
export const VOCABULARY: ReadonlySet<string> = new Set(
  [...COMMON_WORDS, ...NEGATIONS, ...ERROR_KEYS, ...SUCCESS_KEYS, ...STATUS_KEYS, ...FAILED_VALUES, ...PATTERN_WORDS.split(/\s+/u)]
    .flatMap((word) => word.split('_'))
    .filter(Boolean)
    .flatMap((word) => [word, stemmed(word)]),
);
