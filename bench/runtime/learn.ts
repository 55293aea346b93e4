import type { Harness } from './harness.ts'
import { learnRequests } from './learn-requests.ts'
import { startVariant } from './start-variant.ts'

/** Replays the innocent script against the agent in learning mode, which writes its profile when the process ends. */
export async function learnProfile(harness: Harness): Promise<number> {
  const { port, stop } = await startVariant(harness, 'sevenfold-learn')
  let answered = 0
  for (const { path, json, headers, body } of learnRequests) {
    const text = json === undefined ? body : JSON.stringify(json)
    const type = json === undefined ? {} : { 'content-type': 'application/json' }
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      ...(text === undefined ? {} : { method: 'POST', body: text }),
      headers: { ...type, ...headers },
      redirect: 'manual',
    })
    await answer.arrayBuffer()
    if (answer.status < 400) answered += 1
  }
  await stop()
  return answered
}
