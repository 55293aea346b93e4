import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createTemporaryFolder } from '@sevenfold/testkit'
import { besideBytes, databaseRoom } from './beside-bytes.ts'

it('what lies beside the database counts', () => {
  const [one, two] = [createTemporaryFolder(), createTemporaryFolder()]
  try {
    writeFileSync(join(one.path, 'a.ids'), Buffer.alloc(100))
    writeFileSync(join(one.path, 'b.ids'), Buffer.alloc(20))
    writeFileSync(join(two.path, '0.bloom'), Buffer.alloc(3))
    expect(besideBytes([one.path, two.path])).toBe(123)
  } finally {
    one.remove()
    two.remove()
  }
})

it.each([
  [0, 1000],
  [300, 700],
  [500, 500],
  [501, 500],
  [9000, 500],
])('with %i of 1000 bytes beside it the database may take %i', (beside, room) => {
  expect(databaseRoom(1000, beside)).toBe(room)
})
