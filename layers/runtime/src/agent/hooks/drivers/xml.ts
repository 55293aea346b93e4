import type { Agent } from '../../agent.ts'
import { judgeXml } from '../../judges/judge-xml.ts'
import { patch } from '../patch.ts'

/** libxmljs2 and libxmljs: parsers that can be told to resolve external entities. */
export function hookXml(agent: Agent, exported: unknown): void {
  for (const name of ['parseXml', 'parseXmlString', 'parseXmlAsync', 'fromXml', 'fromXmlString']) {
    patch(
      exported,
      name,
      (original) =>
        function (this: unknown, ...args: unknown[]): unknown {
          const [document] = args
          const text =
            typeof document === 'string'
              ? document
              : document instanceof Uint8Array
                ? Buffer.from(document).toString('utf8')
                : ''
          if (!text.includes('<!ENTITY')) return original.apply(this, args)
          const refusal = agent.check(`libxml.${name}`, (context) =>
            judgeXml(text, context.isFromRequest(text)),
          )
          if (refusal !== null) throw refusal // these parsers throw for bad documents
          return original.apply(this, args)
        },
    )
  }
}
