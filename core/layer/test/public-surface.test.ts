import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import * as layer from '../src/index.ts'

const packageDir = join(import.meta.dirname, '..')
const rootDir = join(packageDir, '..', '..')

it('exports what it means to and nothing else', () => {
  expect(Object.keys(layer).toSorted()).toEqual([
    'HostDoor',
    'HostLink',
    'LayerError',
    'RosterBook',
    'areDatasets',
    'askControl',
    'canaryState',
    'configPath',
    'controlBeatMs',
    'controlPaths',
    'createHostKey',
    'createHostServer',
    'createLogger',
    'createMetrics',
    'createModes',
    'createReceiver',
    'decodeEnrolToken',
    'defaultReceivers',
    'defineLayer',
    'drillScale',
    'encodeEnrolToken',
    'enrolContext',
    'enrolHost',
    'ensurePrivateFolder',
    'heartbeatPath',
    'hostOf',
    'hostPaths',
    'identityUri',
    'incidentKinds',
    'isEnrolled',
    'isHostName',
    'isWeakening',
    'jsonPost',
    'keepEnrolled',
    'keyIdOf',
    'lastGoodPath',
    'layerOrder',
    'listenOnSocket',
    'loadOrCreateKeys',
    'localAgent',
    'maxDrillScale',
    'maxEnrolBytes',
    'maxRosterEntries',
    'maxSocketPathBytes',
    'openRegistry',
    'openSpool',
    'ownDatasets',
    'parseIdentityUri',
    'parseRoster',
    'peerCounterName',
    'publicKeyFromRaw',
    'readHostCertificate',
    'readHostFiles',
    'readIssued',
    'readRegistryFile',
    'readSecret',
    'registerAgent',
    'registryOf',
    'renderRoster',
    'renewEnrolment',
    'renewGraceMs',
    'repeat',
    'runLayer',
    'signHeartbeat',
    'startLayer',
    'startPart',
    'startShipper',
    'syncDirectory',
    'systemClock',
    'verifySignature',
    'writeAtomic',
    'writeHostFiles',
  ])
})

it('lists every error code in its README, and no other', () => {
  const source = readFileSync(join(packageDir, 'src', 'error.ts'), 'utf8')
  const inCode = new Set([...source.matchAll(/\| '(LAYER_[A-Z_]+)'/g)].map((match) => match[1]))
  const readme = readFileSync(join(packageDir, 'README.md'), 'utf8')
  const inReadme = new Set([...readme.matchAll(/^\| `(LAYER_[A-Z_]+)` \|/gm)].map((match) => match[1]))
  expect(inCode.size).toBeGreaterThan(5)
  expect(inReadme).toEqual(inCode)
})

it('describes every kind of incident in docs/wire/delivery.md', () => {
  const text = readFileSync(join(rootDir, 'docs', 'wire', 'delivery.md'), 'utf8')
  for (const kind of layer.incidentKinds) expect(text).toContain(`\`${kind}\``)
})
