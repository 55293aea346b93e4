import { expect, it } from 'vitest'
import * as api from '@sevenfold/intake'

it('exports of @sevenfold/intake change only on purpose', () => {
  expect(Object.keys(api).toSorted()).toEqual([
    'DockerSource',
    'FileTail',
    'JournalSource',
    'LineJoiner',
    'LineSplitter',
    'PushServer',
    'SyslogServer',
    'defaultPushBytes',
    'isJournalFilter',
    'maxFollowedContainers',
    'maxHeadBytes',
    'maxIntakeLineBytes',
    'maxPushRequests',
    'maxSyslogBytes',
    'maxSyslogConnections',
    'maxWaitingDatagrams',
    'openSource',
    'readPosition',
    'readSyslog',
    'writePosition',
  ])
})
