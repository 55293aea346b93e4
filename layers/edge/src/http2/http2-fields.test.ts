import { describe, expect, it } from 'vitest'
import { addField, newFields } from './http2-fields.ts'

function fieldsOf(lines: readonly (readonly [string, string])[]): Record<string, unknown> {
  const fields = newFields()
  for (const [name, value] of lines) addField(fields, name, value)
  return { ...fields }
}

describe('fields of HTTP/2', () => {
  it('hold a field that comes twice once, or joined', () => {
    const lines = [['etag', '"a"'], ['etag', '"a"'], ['x-content-type-options', 'nosniff'], ['x-content-type-options', 'nosniff'], ['vary', 'a'], ['vary', 'b'], ['vary', 'c']] as const // prettier-ignore
    expect(fieldsOf(lines)).toEqual({
      etag: '"a"',
      'x-content-type-options': 'nosniff',
      vary: 'a, b, c',
    })
  })

  it('keep the lines of cookies apart, also equal ones', () => {
    const lines = [['set-cookie', 'a=1'], ['set-cookie', 'a=1'], ['set-cookie', 'b=2'], ['cookie', 'x'], ['cookie', 'y']] as const // prettier-ignore
    expect(fieldsOf(lines)).toEqual({ 'set-cookie': ['a=1', 'a=1', 'b=2'], cookie: ['x', 'y'] })
  })

  it('hold nothing of the connection', () => {
    const names = ['connection', 'http2-settings', 'keep-alive', 'proxy-connection', 'te', 'transfer-encoding', 'upgrade'] // prettier-ignore
    expect(fieldsOf(names.map((name) => [name, 'x'] as const))).toEqual({})
  })

  it('take names of what every object has', () => {
    const names = ['constructor', 'tostring', 'valueof', 'hasownproperty']
    expect(fieldsOf(names.map((name) => [name, 'x'] as const))).toEqual(
      Object.fromEntries(names.map((name) => [name, 'x'])),
    )
    const fields = newFields()
    addField(fields, '__proto__', 'x')
    expect(Object.keys(fields)).toEqual(['__proto__'])
  })
})
