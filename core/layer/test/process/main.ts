// A layer in a process of its own, as the supervisor starts it.
import { defineLayer, runLayer } from '../../src/index.ts'

await runLayer(
  defineLayer({
    name: 'edge',
    parseConfig: (value) => value,
    receivers: () => [],
    start: (context) => {
      const keepAlive = setInterval(() => undefined, 1000)
      if (process.env['TEST_THROW'] === '1')
        setTimeout(() => {
          context.emit(context.events.notice('before', 'the bug'))
          throw new Error('a bug')
        }, 50)
      return Promise.resolve({
        selfTest: () => Promise.resolve({ ok: true }),
        stop: () => {
          clearInterval(keepAlive)
          return Promise.resolve()
        },
        listening: [{ name: 'site', url: 'http://127.0.0.1:1/' }],
      })
    },
  }),
)
