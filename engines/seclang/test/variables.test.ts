import { describe, expect, it } from 'vitest'
import { transact, type Exchange } from './transact.ts'

const post: Exchange = {
  method: 'POST',
  target: '/shop/item.php?a=1&b=%41&a=2',
  headers: Object.entries({
    Host: 'shop.example',
    'User-Agent': 'probe/1',
    Cookie: 'sid=x1; lang=en',
    'X-Twice': ['one', 'two'],
    'Content-Type': 'application/x-www-form-urlencoded',
    'Content-Length': '13',
  }).flatMap(([name, values]) => [values].flat().flatMap((value) => [name, value])),
  body: 'c=3&d=%20&a=9',
  response: {
    status: 404,
    headers: ['Content-Type', 'text/html; charset=x', 'X-Out', 'o'],
    body: '<p>none</p>',
  },
}

/** Value of a variable (or the values of its members, with their names) in each phase; `null`: nothing is there. */
function valuesIn(phase: number, variable: string): string[] {
  const rule = `SecRule ${variable} "@unconditionalMatch" "id:1,phase:${phase},pass,setvar:'tx.seen=%{tx.seen}[%{MATCHED_VAR_NAME}=%{MATCHED_VAR}]'"
SecRule TX:seen "@rx ." "id:2,phase:${phase},pass,logdata:'%{tx.seen}'"`
  const { report } = transact(rule, post)
  const seen = report.matches.find((match) => match.ruleId === '2')?.data ?? ''
  return [...seen.matchAll(/\[([^\]]*)\]/g)].map((match) => match[1] ?? '')
}

type Row = readonly [variable: string, phase: number, values: readonly string[]]

const rows: readonly Row[] = [
  ['REQUEST_METHOD', 1, ['REQUEST_METHOD=POST']],
  ['REQUEST_URI', 1, ['REQUEST_URI=/shop/item.php?a=1&b=%41&a=2']],
  ['REQUEST_URI_RAW', 1, ['REQUEST_URI_RAW=/shop/item.php?a=1&b=%41&a=2']],
  ['REQUEST_FILENAME', 1, ['REQUEST_FILENAME=/shop/item.php']],
  ['REQUEST_BASENAME', 1, ['REQUEST_BASENAME=item.php']],
  ['REQUEST_PROTOCOL', 1, ['REQUEST_PROTOCOL=HTTP/1.1']],
  ['REQUEST_LINE', 1, ['REQUEST_LINE=POST /shop/item.php?a=1&b=%41&a=2 HTTP/1.1']],
  ['QUERY_STRING', 1, ['QUERY_STRING=a=1&b=%41&a=2']],
  ['REMOTE_ADDR', 1, ['REMOTE_ADDR=192.0.2.7']],
  ['REMOTE_PORT', 1, ['REMOTE_PORT=40000']],
  ['SERVER_ADDR', 1, ['SERVER_ADDR=198.51.100.1']],
  ['SERVER_PORT', 1, ['SERVER_PORT=8443']],
  ['SERVER_NAME', 1, ['SERVER_NAME=shop.example']],
  ['UNIQUE_ID', 1, ['UNIQUE_ID=request-1']],
  ['TIME_EPOCH', 1, ['TIME_EPOCH=1760000000']],
  ['TIME_YEAR', 1, ['TIME_YEAR=2025']],
  ['REQUEST_COOKIES', 1, ['REQUEST_COOKIES:sid=x1', 'REQUEST_COOKIES:lang=en']],
  ['REQUEST_COOKIES_NAMES', 1, ['REQUEST_COOKIES_NAMES:sid=sid', 'REQUEST_COOKIES_NAMES:lang=lang']],
  ['REQUEST_HEADERS:x-twice', 1, ['REQUEST_HEADERS:X-Twice=one', 'REQUEST_HEADERS:X-Twice=two']],
  ['&REQUEST_HEADERS:X-Twice', 1, ['REQUEST_HEADERS:X-Twice=2']],
  ['REQUEST_HEADERS:/^x-/', 1, ['REQUEST_HEADERS:X-Twice=one', 'REQUEST_HEADERS:X-Twice=two']],
  ['ARGS_GET', 1, ['ARGS_GET:a=1', 'ARGS_GET:b=A', 'ARGS_GET:a=2']],
  ['ARGS_GET_NAMES', 1, ['ARGS_GET_NAMES:a=a', 'ARGS_GET_NAMES:b=b', 'ARGS_GET_NAMES:a=a']],
  ['ARGS_POST', 1, []],
  ['ARGS_POST', 2, ['ARGS_POST:c=3', 'ARGS_POST:d= ', 'ARGS_POST:a=9']],
  ['ARGS', 1, ['ARGS:a=1', 'ARGS:b=A', 'ARGS:a=2']],
  ['ARGS:a', 2, ['ARGS:a=1', 'ARGS:a=2', 'ARGS:a=9']],
  ['ARGS|!ARGS:a', 2, ['ARGS:b=A', 'ARGS:c=3', 'ARGS:d= ']],
  ['ARGS|!ARGS:/[ab]/', 2, ['ARGS:c=3', 'ARGS:d= ']],
  ['&ARGS', 1, ['ARGS=3']],
  ['&ARGS', 2, ['ARGS=6']],
  ['&ARGS_POST', 2, ['ARGS_POST=3']],
  ['&ARGS:nothing', 2, ['ARGS:nothing=0']],
  ['ARGS_COMBINED_SIZE', 2, ['ARGS_COMBINED_SIZE=12']],
  ['REQUEST_BODY', 2, ['REQUEST_BODY=c=3&d=%20&a=9']],
  ['REQUEST_BODY_LENGTH', 2, ['REQUEST_BODY_LENGTH=13']],
  ['REQBODY_PROCESSOR', 2, ['REQBODY_PROCESSOR=URLENCODED']],
  ['REQBODY_ERROR', 2, ['REQBODY_ERROR=0']],
  ['RESPONSE_STATUS', 3, ['RESPONSE_STATUS=404']],
  ['RESPONSE_PROTOCOL', 3, ['RESPONSE_PROTOCOL=HTTP/1.1']],
  ['RESPONSE_HEADERS:x-out', 3, ['RESPONSE_HEADERS:X-Out=o']],
  ['RESPONSE_CONTENT_TYPE', 3, ['RESPONSE_CONTENT_TYPE=text/html']],
  ['RESPONSE_BODY', 4, ['RESPONSE_BODY=<p>none</p>']],
  ['RESPONSE_CONTENT_LENGTH', 4, ['RESPONSE_CONTENT_LENGTH=11']],
]

describe('variables', () => {
  it.each(rows)('%s in phase %i', (variable, phase, values) => {
    expect(valuesIn(phase, variable)).toEqual(values)
  })

  const early = rows.filter(([, phase, values]) => phase <= 2 && values.length > 0)
  it.each(early.filter(([variable]) => variable !== 'ARGS' && !variable.startsWith('&ARGS')))(
    '%s (known in phase %i) is the same in the phases behind it',
    (variable, phase, values) => {
      for (let later = phase + 1; later <= 5; later++)
        expect([later, valuesIn(later, variable)]).toEqual([later, values])
    },
  )

  it.each(rows.filter(([, phase]) => phase >= 3))(
    '%s is not known before phase %i',
    (variable, phase, values) => {
      for (let before = 1; before < phase - 1; before++)
        expect(valuesIn(before, variable)).not.toEqual(values)
    },
  )
})
