import { expect, it } from 'vitest'
import * as surface from '@sevenfold/config'

it('exports these names and no others', () => {
  expect(Object.keys(surface).sort()).toEqual([
    'applyConfig',
    'checkSecrets',
    'compileConfig',
    'configDigest',
    'configJsonSchema',
    'configMarkdown',
    'configProblemCodes',
    'configText',
    'configuredParts',
    'isNetwork',
    'loadConfig',
    'nearest',
    'parseDuration',
    'parseListen',
    'parseSize',
    'parseUpstream',
    'problemText',
    'readConfig',
    'stepNames',
  ])
})
