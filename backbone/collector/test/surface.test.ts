import { expect, it } from 'vitest'
import * as api from '@sevenfold/collector'

it('exports of @sevenfold/collector change only on purpose', () => {
  expect(Object.keys(api).toSorted()).toEqual([
    'CollectorError',
    'collectorLayer',
    'compileSql',
    'fieldOf',
    'fields',
    'matches',
    'maxQueryDepth',
    'maxQueryLength',
    'maxQueryTerms',
    'parseQuery',
  ])
})
