import { describe, expect, it } from 'vitest'
import { isRequestLine } from './is-request-line.ts'

describe('isRequestLine', () => {
  it.each([
    ['a line of a server', 'nginx', '192.0.2.1 - - [x] "GET / HTTP/1.1" 200 1', true],
    ['a request in JSON', 'json-access', '{"event":"access","status":404}', true],
    ['a status as text, with blanks', 'json-access', '{"status" : "200"}', true],
    ['a login', 'json-access', '{"event":"login","outcome":"failure"}', false],
    ['a status that somebody typed', 'json-access', '{"user":"x\\"status\\":200"}', false],
    ['a status that is none', 'json-access', '{"status":"active"}', false],
    ['a source without a form', undefined, '{"status":200}', false],
  ] as const)('%s', (_what, format, text, expected) => {
    expect(isRequestLine(format, text)).toBe(expected)
  })
})
