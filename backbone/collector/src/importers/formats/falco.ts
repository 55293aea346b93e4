import type { JsonObject } from '@sevenfold/event'
import { ImportError } from '../importer.ts'
import type { Imported } from '../importer.ts'
import { endpoint, integerAt, jsonLine, objectAt, textAt, textsAt } from '../json-line.ts'
import { isoTime } from '../times.ts'

/** Falco's priorities (those of syslog) on ECS's scale of 0 to 100. */
const severities: Readonly<Record<string, number>> = {
  emergency: 100,
  alert: 95,
  critical: 90,
  error: 75,
  warning: 60,
  notice: 40,
  informational: 20,
  debug: 10,
}

/**
 * Alerts of Falco (`json_output: true`).
 * Source: Falco documentation, "Outputs" and "Supported Fields".
 */
export function readFalco(line: string): Imported {
  const alert = jsonLine(line)
  const rule = textAt(alert, 'rule')
  if (rule === undefined) throw new ImportError('an alert of Falco names its rule')
  const output = objectAt(alert, 'output_fields')
  const priority = textAt(alert, 'priority')?.toLowerCase() ?? ''
  const tags = textsAt(alert, 'tags')
  return {
    timeMs: isoTime(textAt(alert, 'time')),
    dataset: 'falco.alert',
    event: {
      kind: 'alert',
      category: [
        'intrusion_detection',
        textAt(output, 'proc.name') === undefined ? 'configuration' : 'process',
      ],
      type: ['info'],
      action: textAt(output, 'evt.type')?.slice(0, 128) ?? 'alert',
      severity: severities[priority] ?? 50,
    },
    fields: {
      message: textAt(alert, 'output'),
      rule: { name: rule, ruleset: textAt(alert, 'source') },
      tags,
      threat: { technique: { id: tags?.filter((tag) => /^T\d{4}(?:\.\d{3})?$/.test(tag)) } },
      log: { level: priority === '' ? undefined : priority },
      host: { name: textAt(alert, 'hostname') },
      ...processFields(output),
      container: {
        id: textAt(output, 'container.id'),
        name: textAt(output, 'container.name'),
        image: {
          name: textAt(output, 'container.image.repository'),
          tag: textsAt(output, 'container.image.tag'),
        },
      },
      orchestrator: {
        namespace: textAt(output, 'k8s.ns.name') ?? textAt(output, 'ka.target.namespace'),
        resource: { name: textAt(output, 'k8s.pod.name') ?? textAt(output, 'ka.target.name') },
      },
      file: { path: filePath(output) },
      source: endpoint(textAt(output, 'fd.cip'), integerAt(output, 'fd.cport')),
      destination: endpoint(textAt(output, 'fd.sip'), integerAt(output, 'fd.sport')),
    },
  }
}

function processFields(output: JsonObject): Imported['fields'] {
  return {
    process: {
      pid: integerAt(output, 'proc.pid'),
      name: textAt(output, 'proc.name'),
      executable: textAt(output, 'proc.exepath'),
      command_line: textAt(output, 'proc.cmdline'),
      parent: { name: textAt(output, 'proc.pname'), command_line: textAt(output, 'proc.pcmdline') },
    },
    user: {
      name: textAt(output, 'user.name') ?? textAt(output, 'ka.user.name'),
      id: textAt(output, 'user.uid'),
    },
  }
}

/** `fd.name` is a path or a connection (`192.0.2.1:1->192.0.2.2:2`). */
function filePath(output: JsonObject): string | undefined {
  const name = textAt(output, 'fd.name')
  return name?.startsWith('/') === true ? name : undefined
}
