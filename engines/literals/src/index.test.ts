import { expect, it } from 'vitest'

import * as api from './index.ts'

it('exports exactly the public surface', () => {
  expect(Object.keys(api).sort()).toEqual([
    'LiteralsError',
    'buildAutomaton',
    'buildPrefilter',
    'compileLiterals',
    'defaultLiteralLimits',
    'maxByteClasses',
  ])
})
