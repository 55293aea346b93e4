import type { ConsoleRoutes } from '../console-routes.ts'

/** A question may cost the alerts process work only so often, in milliseconds. */
const freshMs = 1_000

/** `GET /healthz` for a watcher outside: whether the backbone works and how far the ledger is, and nothing else. */
export function addHealth({ app, services }: ConsoleRoutes): void {
  let known: { readonly atMs: number; readonly answer: Promise<object> } | undefined
  app.get('/healthz', async (c) => {
    const now = services.now()
    if (known === undefined || now - known.atMs > freshMs) {
      const down = { ok: false, time: new Date(now).toISOString(), size: 0, root: '' }
      known = { atMs: now, answer: services.backend.health().catch(() => down) }
    }
    return c.json(await known.answer)
  })
}
