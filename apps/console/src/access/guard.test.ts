import { describe, expect, it } from 'vitest'
import { judgeOrigin } from './guard.ts'
import type { GateRefusal, RequestOrigin } from './guard.ts'

const policy = { hosts: ['localhost', '127.0.0.1', '[::1]'], port: 7770 }
const own: RequestOrigin = {
  method: 'GET',
  path: '/api/events',
  host: '127.0.0.1:7770',
  origin: undefined,
  fetchSite: undefined,
  contentType: undefined,
}
const change: Partial<RequestOrigin> = { method: 'POST', contentType: 'application/json' }

const cases: readonly (readonly [what: string, request: Partial<RequestOrigin>, refusal: GateRefusal])[] = [
  ['a plain request to its own name', {}, null],
  ['IPv6 loopback by name', { host: '[::1]:7770' }, null],
  ['a name in capitals', { host: 'LOCALHOST:7770' }, null],
  ['a rebinding page that resolves its own name to loopback', { host: 'evil.example:7770' }, 'GATE_HOST'],
  ['the right name on another port', { host: '127.0.0.1:80' }, 'GATE_HOST'],
  ['a name without the port', { host: '127.0.0.1' }, 'GATE_HOST'],
  ['no Host at all', { host: undefined }, 'GATE_HOST'],
  ['a Host with user information', { host: 'x@127.0.0.1:7770' }, 'GATE_HOST'],
  [
    'a change from the page itself',
    { ...change, origin: 'http://127.0.0.1:7770', fetchSite: 'same-origin' },
    null,
  ],
  ['a change from a program without a browser', change, null],
  ['a JSON change with a charset', { ...change, contentType: 'application/json; charset=utf-8' }, null],
  [
    'a form of another site',
    { ...change, origin: 'https://evil.example', contentType: 'application/x-www-form-urlencoded' },
    'GATE_CROSS_SITE',
  ],
  ['a change from a sandboxed page', { ...change, origin: 'null' }, 'GATE_CROSS_SITE'],
  [
    'a change from another port of this host',
    { ...change, origin: 'http://127.0.0.1:7700' },
    'GATE_CROSS_SITE',
  ],
  ['a change that says same-site only', { ...change, fetchSite: 'same-site' }, 'GATE_CROSS_SITE'],
  ['a script of another site that reads the API', { fetchSite: 'cross-site' }, 'GATE_CROSS_SITE'],
  ['a link from another site to the first page', { path: '/', fetchSite: 'cross-site' }, null],
  ['a change that is a form', { method: 'POST', contentType: 'text/plain' }, 'GATE_NOT_JSON'],
  ['a change without a type', { method: 'DELETE' }, 'GATE_NOT_JSON'],
  [
    'a type that only starts like JSON',
    { method: 'POST', contentType: 'application/jsonp' },
    'GATE_NOT_JSON',
  ],
  ['another method', { method: 'PUT', contentType: 'application/json' }, 'GATE_METHOD'],
]

describe('judgeOrigin', () => {
  it.each(cases)('%s → %o', (_what, request, refusal) => {
    expect(judgeOrigin({ ...own, ...request }, policy)).toBe(refusal)
  })
})
