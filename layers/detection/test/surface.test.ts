import { expect, it } from 'vitest'
import * as api from '@sevenfold/detection'

it('exports of @sevenfold/detection change only on purpose', () => {
  expect(Object.keys(api).toSorted()).toEqual([
    'DecisionStore',
    'DetectionError',
    'Judge',
    'builtInScenarios',
    'createNeverBan',
    'detectionLayer',
    'formatGoDuration',
    'importCrowdsec',
    'importFail2ban',
    'ownAddresses',
    'parseGoDuration',
    'readProfiles',
    'toCrowdsec',
    'toDecision',
  ])
})
