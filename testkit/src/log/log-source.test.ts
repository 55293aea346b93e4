import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createTemporaryFolder } from '../folder/temporary-folder.ts'
import { createLogSource } from './log-source.ts'

it('writes, rotates and truncates like a program with logrotate', () => {
  const folder = createTemporaryFolder()
  const source = createLogSource(join(folder.path, 'access.log'))
  source.write('one', 'two')
  source.writeRaw('thr')
  source.rotate()
  source.write('four')
  expect(readFileSync(`${source.path}.1`, 'utf8')).toBe('one\ntwo\nthr')
  expect(readFileSync(source.path, 'utf8')).toBe('four\n')
  source.truncate()
  expect(readFileSync(source.path, 'utf8')).toBe('')
  folder.remove()
})
