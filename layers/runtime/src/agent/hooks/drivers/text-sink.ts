import type { Agent, SinkUse } from '../../agent.ts'
import type { Finding } from '../../attack.ts'
import type { RequestContext } from '../../request-context.ts'
import { patch, refuseByCallback } from '../patch.ts'

/** Functions whose first argument is a text that a language reads. */
export interface TextSink {
  readonly product: string
  readonly names: readonly string[]
  readonly judge: (text: string, context: RequestContext) => Finding | null
  /** What the observer of a test run is told. */
  readonly use?: SinkUse['kind']
  /** Texts without this are not asked about. */
  readonly worth?: RegExp
}

/** Refuses by callback where there is one, and by an exception as for any bad text. */
export function hookTextSink(agent: Agent, holder: unknown, sink: TextSink): void {
  for (const name of sink.names) {
    patch(
      holder,
      name,
      (original) =>
        function (this: unknown, ...args: unknown[]): unknown {
          const [text] = args
          if (typeof text !== 'string' || sink.worth?.test(text) === false) return original.apply(this, args)
          const label = `${sink.product}.${name}`
          if (sink.use !== undefined) agent.observe({ kind: sink.use, sink: label, text })
          const refusal = agent.check(label, (context) => sink.judge(text, context))
          if (refusal === null) return original.apply(this, args)
          if (refuseByCallback(args, refusal)) return undefined
          throw refusal
        },
    )
  }
}
