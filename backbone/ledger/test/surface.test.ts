import { expect, it } from 'vitest'
import * as api from '@sevenfold/ledger'
import * as segments from '@sevenfold/ledger/segments'

it('exports of @sevenfold/ledger change only on purpose', () => {
  expect(Object.keys(api).toSorted()).toEqual([
    'LedgerError',
    'forgetWishes',
    'isWaiting',
    'keyWishes',
    'leaveWish',
    'ledgerLayer',
    'listMirrors',
    'maxCommitBytes',
    'maxProblems',
    'maxQueuedBytes',
    'maxWriterLanes',
    'openLedgerLog',
    'proveEntry',
    'readKeyHistory',
    'tailLedger',
    'verifyLedger',
    'verifyMirror',
    'verifyWithReceipts',
  ])
})

it('exports of @sevenfold/ledger/segments change only on purpose', () => {
  expect(Object.keys(segments).toSorted()).toEqual([
    'LineReader',
    'PersonalKeys',
    'SegmentFollower',
    'SegmentReader',
    'isDay',
    'listSegments',
    'logIdentity',
    'logStart',
    'maxSegmentLineBytes',
    'oldestPosition',
    'openReveal',
    'personalFolder',
    'segmentBytes',
    'segmentName',
    'watchSegments',
  ])
})
