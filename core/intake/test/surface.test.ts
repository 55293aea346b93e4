import { expect, it } from 'vitest'
import * as api from '@sevenfold/intake'

it('exports of @sevenfold/intake change only on purpose', () => {
  expect(Object.keys(api).toSorted()).toEqual([
    'FileTail',
    'LineSplitter',
    'maxHeadBytes',
    'maxIntakeLineBytes',
    'readPosition',
    'writePosition',
  ])
})
