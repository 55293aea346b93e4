import { expect, it } from 'vitest'
import * as surface from './index.ts'

it('exports exactly the public surface', () => {
  expect(Object.keys(surface).toSorted()).toEqual([
    'attackClasses',
    'backboneAttacks',
    'defineAttack',
    'exitCodeOf',
    'journeys',
    'loadCatalogue',
    'markdownReport',
    'planConfigurations',
    'proveHelp',
    'runProof',
    'runProveCommand',
    'startBareBed',
    'startBed',
    'terminalReport',
  ])
})
