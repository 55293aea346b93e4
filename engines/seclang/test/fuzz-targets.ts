import fc from 'fast-check'
import type { Verdict } from '@sevenfold/event'
import { builtinRules } from '../src/builtin/builtin-rules.ts'
import { compileRuleSet } from '../src/compile/compile-rule-set.ts'
import { detectNoSQL } from '../src/detectors/detect-nosql.ts'
import { detectShell } from '../src/detectors/detect-shell.ts'
import { detectSQLi } from '../src/detectors/detect-sqli.ts'
import { detectTemplate } from '../src/detectors/detect-template.ts'
import { detectTraversal } from '../src/detectors/detect-traversal.ts'
import { detectXSS } from '../src/detectors/detect-xss.ts'
import { noRuleFiles } from '../src/language/rule-files.ts'
import { SeclangError } from '../src/language/seclang-error.ts'
import { createSeclangInspector } from '../src/transaction/seclang-inspector.ts'
import { transformations } from '../src/transformations/registry.ts'

/** One thing that is fed with bytes. `run` checks one seed with many inputs. */
export interface FuzzTarget {
  readonly name: string
  run(seed: number, runs: number): FuzzOutcome
}

/** What came of one seed. */
export interface FuzzOutcome {
  readonly failed: boolean
  readonly numRuns: number
  readonly seed: number
  readonly counterexamplePath: string | null
  readonly counterexample: unknown
  readonly errorInstance: unknown
}

const byteString = (maxLength: number): fc.Arbitrary<string> =>
  fc.uint8Array({ maxLength }).map((bytes) => Buffer.from(bytes).toString('latin1'))

/** Pieces of a language among arbitrary bytes: pure noise rarely gets past the first check of a parser. */
function mixed(words: readonly string[], maxPieces = 40): fc.Arbitrary<string> {
  const piece = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...words) },
    { weight: 2, arbitrary: byteString(12) },
    {
      weight: 1,
      arbitrary: fc.tuple(fc.constantFrom(...words), fc.nat(300)).map(([word, n]) => word.repeat(n)),
    },
  )
  return fc.array(piece, { maxLength: maxPieces }).map((pieces) => pieces.join(''))
}

const ruleWords =
  'SecRule |SecAction |SecMarker |SecDefaultAction |SecRuleEngine On|SecRuleRemoveById |SecRuleUpdateTargetById |Include |ARGS|ARGS:x|&ARGS|!ARGS:/x/|REQUEST_HEADERS:Host|TX:a|XML:/*| "@rx | "@pm a b| "@detectSQLi"| "@within %{tx.a}"| "!@streq x"|(a|b)*c|[a-z]{1,5}|\\x41|(?i)|(?=a)|^|$| "id:1,phase:1,deny"| "id:2,phase:2,pass,t:none,t:urlDecode,setvar:tx.a=+1"|,chain"|,skipAfter:END"|,ctl:ruleRemoveById=1|,msg:\'%{MATCHED_VAR}\'|"|\'|\\|\\\n|\n| |,|:|;|#|END|1-5|%{|}|@|!|&'.split(
    '|',
  )
const attackWords =
  '\'|"|`|--|#|/*|*/|/*!|;|(|)|=|<|>| OR | AND | UNION SELECT | FROM users|1|0x41|sleep(|@@version|<script|<svg/onload=|javascript:|&#x|%3c|%u003c|%|%00|\\u0027|\\|../|..%2f|/etc/passwd|$(|${|{{|}}|#{|<%|$ne|[$gt]|| cat |;id|&&|\n|\r|\t|\u0000|\u00e9|{|}|[|]|:|,|null|true|1e999|-'.split(
    '|',
  )
const bodyWords: Readonly<Record<string, readonly string[]>> = {
  'application/x-www-form-urlencoded': [
    'a=',
    '&',
    '=',
    '%',
    '%41',
    '%u0041',
    '+',
    ';',
    'a[b]',
    ...attackWords,
  ],
  'application/json': [
    '{',
    '}',
    '[',
    ']',
    '"',
    ':',
    ',',
    '"a"',
    '"a":',
    '1',
    'null',
    '\\u0041',
    '\\',
    '-',
    '1e9',
  ],
  'application/xml': [
    '<a>',
    '</a>',
    '<a b="c">',
    '<',
    '>',
    '&',
    '&lt;',
    '<!DOCTYPE a [',
    '<!ENTITY x "y">',
    '&x;',
    ']>',
    '<![CDATA[',
    ']]>',
    '<?',
    '?>',
    '<!--',
    '-->',
  ],
  'application/graphql': [
    '{',
    '}',
    '(',
    ')',
    'query',
    'a',
    ':',
    '"',
    '"""',
    '$v',
    '...',
    'on',
    '@',
    '[',
    ']',
    '!',
    '#',
    '\n',
    '1',
  ],
  'multipart/form-data; boundary=b': [
    '--b',
    '--b--',
    '\r\n',
    '\n',
    'Content-Disposition: form-data; name="a"',
    '; filename="x"',
    'Content-Type: text/plain',
    '\r\n\r\n',
    '"',
    ';',
    '=',
    'b',
    '--',
  ],
}

const connection = {
  clientAddress: '192.0.2.7',
  clientPort: 40_000,
  serverAddress: '192.0.2.1',
  serverPort: 443,
  tls: true,
  requestId: '00000000000000000000000000000001',
  startedAtMs: 1_760_000_000_000,
}
const totalSteps = 2_000_000
const settings = `SecRuleEngine DetectionOnly
SecRequestBodyAccess On
SecAction "id:769999,phase:1,pass,nolog,setvar:tx.sf_paranoia=4"
SecRule REQUEST_HEADERS:Content-Type "@contains graphql" "id:769998,phase:1,pass,nolog,ctl:requestBodyProcessor=GRAPHQL"
`
const inspector = createSeclangInspector(
  compileRuleSet([{ file: 'fuzz', text: settings }, ...builtinRules], { files: noRuleFiles }),
  { sliceSteps: 10_000, totalSteps },
)

interface FuzzRequest {
  readonly target: string
  readonly header: string
  readonly type: string
  readonly body: Uint8Array
}

/** Judges a request whose body comes in these pieces; gives what a caller can see of the judgement. */
function judge({ target, header, type, body }: FuzzRequest, pieces: readonly Uint8Array[]): string {
  const inspection = inspector.open(connection)
  let resumed = 0
  const settle = (verdict: Verdict): Verdict => {
    let current = verdict
    while (current.kind === 'yield') {
      resumed += 1
      if (resumed > 2000) throw new Error('an inspection does not end')
      current = inspection.resume(10_000)
    }
    return current
  }
  const headers = ['Host', 'a', 'Content-Type', type, 'Content-Length', String(body.length), 'X-Any', header]
  const verdicts = [
    settle(inspection.requestHead({ kind: 'request', method: 'POST', target, version: '1.1', headers })),
  ]
  for (const piece of pieces) settle(inspection.requestBody(piece))
  verdicts.push(settle(inspection.requestEnd()))
  inspection.close()
  const report = inspection.report()
  // A slice may be overrun by the value that it works on, never by more.
  if (report.steps > totalSteps * 1.5) throw new Error(`${report.steps} steps`)
  return JSON.stringify([verdicts, report.score, report.matches])
}

function check<T>(seed: number, runs: number, property: fc.IPropertyWithHooks<[T]>): FuzzOutcome {
  return fc.check(property, { seed, numRuns: runs })
}

function requestsOf(type: string): fc.Arbitrary<FuzzRequest> {
  const bodies = mixed(bodyWords[type] ?? attackWords, 60).map((text) => Buffer.from(text, 'latin1'))
  return fc.record({
    target: mixed(['/', '?', '&', '=', '#', '%', '%41', 'a', ...attackWords], 12).map((text) => `/${text}`),
    header: mixed(attackWords, 8),
    type: fc.constant(type),
    body: bodies,
  })
}

function bodyTarget(type: string): FuzzTarget {
  return {
    name: `body ${type.split(';')[0] ?? ''}`,
    run: (seed, runs) =>
      check(
        seed,
        runs,
        fc.property(fc.tuple(requestsOf(type), fc.nat()), ([request, cut]) => {
          const at = request.body.length === 0 ? 0 : cut % request.body.length
          const whole = judge(request, [request.body])
          const split = judge(request, [request.body.subarray(0, at), request.body.subarray(at)])
          if (whole !== split) throw new Error(`cut at ${at}: ${split} instead of ${whole}`)
        }),
      ),
  }
}

const detectors = [detectSQLi, detectXSS, detectShell, detectTraversal, detectTemplate, detectNoSQL] as const

/** Everything of the engine that meets bytes from outside. */
export const fuzzTargets: readonly FuzzTarget[] = [
  {
    name: 'parser',
    run: (seed, runs) =>
      check(
        seed,
        runs,
        fc.property(mixed(ruleWords), (text) => {
          try {
            compileRuleSet([{ file: 'fuzz', text }], { files: noRuleFiles })
          } catch (error) {
            if (!(error instanceof SeclangError)) throw error
          }
        }),
      ),
  },
  ...Object.keys(bodyWords).map(bodyTarget),
  {
    name: 'transformations',
    run: (seed, runs) =>
      check(
        seed,
        runs,
        fc.property(mixed(attackWords), (input) => {
          for (const { name, apply } of transformations.values()) {
            const output = apply(input)
            // eslint-disable-next-line no-control-regex
            if (!/^[\u0000-\u00ff]*$/.test(output)) throw new Error(`${name} gives what is no byte`)
            if (output.length > input.length * 8 + 200) throw new Error(`${name} grows to ${output.length}`)
          }
        }),
      ),
  },
  {
    name: 'detectors',
    run: (seed, runs) =>
      check(
        seed,
        runs,
        fc.property(mixed(attackWords), (input) => {
          for (const detect of detectors) detect(input)
        }),
      ),
  },
]
