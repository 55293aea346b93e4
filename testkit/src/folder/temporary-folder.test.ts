import { existsSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createTemporaryFolder } from './temporary-folder.ts'

it('makes a private folder and removes it with its content', () => {
  const folder = createTemporaryFolder()
  writeFileSync(join(folder.path, 'file'), 'x')
  expect(statSync(folder.path).mode & 0o777).toBe(0o700)
  folder.remove()
  expect(existsSync(folder.path)).toBe(false)
  expect(() => folder.remove()).not.toThrow()
})
