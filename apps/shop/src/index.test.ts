import { expect, it } from 'vitest'
import * as surface from './index.ts'

it('exports exactly the public surface', () => {
  expect(Object.keys(surface).toSorted()).toEqual([
    'attackerPassword',
    'commonPassword',
    'flaws',
    'snapshotPath',
    'startDatabase',
    'startShop',
  ])
})
