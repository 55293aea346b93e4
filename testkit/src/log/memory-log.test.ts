import { expect, it } from 'vitest'
import { createMemoryLog } from './memory-log.ts'

it('keeps levels, names and fields in order', () => {
  const log = createMemoryLog()
  log.info('started', { port: 1 })
  log.error('failed')
  expect(log.events()).toEqual(['started', 'failed'])
  expect(log.lines[0]).toEqual({ level: 'info', event: 'started', fields: { port: 1 } })
  expect(log.lines[1]?.level).toBe('error')
})
