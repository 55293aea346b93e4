import { beginsWith } from './begins-with.ts'
import { eq, ge, gt, le, lt } from './compare.ts'
import { contains, strmatch } from './contains.ts'
import { containsWord } from './contains-word.ts'
import { detectNoSQL, detectShell, detectSQLi, detectTemplate, detectTraversal, detectXSS } from './detect.ts'
import { endsWith } from './ends-with.ts'
import { ipMatch, ipMatchF, ipMatchFromFile } from './ip-match.ts'
import { noMatch, unconditionalMatch } from './no-match.ts'
import type { Operator } from './operator.ts'
import { pm, pmf, pmFromFile } from './pm.ts'
import { rx, rxGlobal } from './rx.ts'
import { streq } from './streq.ts'
import { unsupportedOperators } from './unsupported.ts'
import { validateByteRange } from './validate-byte-range.ts'
import { validateUrlEncoding } from './validate-url-encoding.ts'
import { validateUtf8Encoding } from './validate-utf8-encoding.ts'
import { verifyCC } from './verify-cc.ts'
import { verifyCPF } from './verify-cpf.ts'
import { verifySSN } from './verify-ssn.ts'
import { verifySVNR } from './verify-svnr.ts'
import { within } from './within.ts'

const all: readonly Operator[] = [
  beginsWith,
  contains,
  containsWord,
  detectNoSQL,
  detectShell,
  detectSQLi,
  detectTemplate,
  detectTraversal,
  detectXSS,
  endsWith,
  eq,
  ge,
  gt,
  ipMatch,
  ipMatchF,
  ipMatchFromFile,
  le,
  lt,
  noMatch,
  pm,
  pmf,
  pmFromFile,
  rx,
  rxGlobal,
  streq,
  strmatch,
  unconditionalMatch,
  validateByteRange,
  validateUrlEncoding,
  validateUtf8Encoding,
  verifyCC,
  verifyCPF,
  verifySSN,
  verifySVNR,
  within,
  ...unsupportedOperators,
]

/** Every operator of the language by its name in lower case: operator names ignore case. */
export const operators: ReadonlyMap<string, Operator> = new Map(
  all.map((member) => [member.name.toLowerCase(), member]),
)
