import { describe, expect, it } from 'vitest'

import { RegexError } from './error.ts'

describe('RegexError', () => {
  it('carries code, offset and hint, and names the offset in its message', () => {
    const error = new RegexError('REGEX_SYNTAX', 'a group is not closed', { offset: 3, hint: 'add )' })
    expect(error).toMatchObject({ name: 'RegexError', code: 'REGEX_SYNTAX', offset: 3, hint: 'add )' })
    expect(error.message).toBe('a group is not closed at offset 3')
  })
})
