import { describe, expect, it } from 'vitest'
import { isPublicUrl } from './is-public-url.ts'

describe('isPublicUrl', () => {
  it.each(['https://pictures.supplier.example/a.png', 'http://example.org:8080/'])('takes %s', (url) => {
    expect(isPublicUrl(url)).toBe(true)
  })

  it.each([
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://0177.0.0.1/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://localhost/',
    'http://app.localhost/',
    'http://db.internal/',
    'http://intranet/',
    'file:///etc/hostname',
    'gopher://example.org/',
    'not a url',
  ])('refuses %s', (url) => {
    expect(isPublicUrl(url)).toBe(false)
  })
})
