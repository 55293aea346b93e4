import { isJsonObject } from '@sevenfold/event'
import type { JsonObject } from '@sevenfold/event'
import { partSocket, placeOptions } from '../place/data-folder.ts'
import { fieldText } from '../place/field-text.ts'
import type { Command } from '../program/command.ts'
import { table } from '../program/table.ts'
import { askSocket } from '../talk/ask-socket.ts'

function stateOf(feed: JsonObject): string {
  const { pending, confirmedMs } = feed
  if (isJsonObject(pending)) {
    return `waits for approval: ${fieldText(pending, 'added') ?? '0'} more, ${fieldText(pending, 'removed') ?? '0'} fewer`
  }
  const error = fieldText(feed, 'lastError')
  if (error !== undefined) return `failing: ${error}`
  return typeof confirmedMs === 'number' && confirmedMs > 0
    ? new Date(confirmedMs).toISOString()
    : 'not read yet'
}

/** `sevenfold feeds list`. */
export const feedsList: Command = {
  name: 'feeds list',
  summary: 'show the threat feeds and what waits for approval',
  options: placeOptions,
  examples: ['sevenfold feeds list'],
  run: async (call) => {
    const socketPath = await partSocket(call, 'detection', 'api.sock')
    const answer = await askSocket({ socketPath, part: 'detection', path: '/v1/feeds' })
    const feeds = (Array.isArray(answer) ? answer : []).filter(isJsonObject)
    if (call.json) call.io.out(JSON.stringify(feeds))
    else if (feeds.length === 0) call.io.out('no feeds; name some under detection.feeds.lists')
    else
      call.io.out(
        table(
          ['name', 'format', 'trust', 'entries', 'state'],
          feeds.map((feed) => [
            ...['name', 'format', 'trust', 'entries'].map((field) => fieldText(feed, field) ?? ''),
            stateOf(feed),
          ]),
        ),
      )
    return 0
  },
}
