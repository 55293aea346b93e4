import type { JsonObject } from '@sevenfold/event'
import type { EcsFields, Imported } from '../importer.ts'
import { endpoint, integerAt, jsonLine, objectAt, textAt, textsAt, urlFields } from '../json-line.ts'
import { isoTime } from '../times.ts'

/** Suricata's priorities (1 is worst) on ECS's scale of 0 to 100. */
const severities: ReadonlyMap<number, number> = new Map([
  [1, 80],
  [2, 60],
  [3, 40],
  [4, 20],
])

const categories: Readonly<Record<string, readonly string[]>> = {
  alert: ['network', 'intrusion_detection'],
  anomaly: ['network', 'intrusion_detection'],
  http: ['network', 'web'],
  fileinfo: ['network', 'file'],
}

/**
 * Suricata's EVE JSON.
 * Source: Suricata user guide, "EVE JSON Format".
 */
export function readSuricata(line: string): Imported {
  const eve = jsonLine(line)
  const type = (textAt(eve, 'event_type') ?? 'unknown').replaceAll(/[^\w-]/g, '_').slice(0, 64)
  const alert = objectAt(eve, 'alert')
  const isAlert = type === 'alert'
  const refused = textAt(alert, 'action') === 'blocked'
  return {
    timeMs: isoTime(textAt(eve, 'timestamp')),
    dataset: `suricata.${type}`,
    event: {
      kind: isAlert ? 'alert' : 'event',
      category: categories[type] ?? ['network'],
      type: [isAlert && refused ? 'denied' : type === 'flow' ? 'end' : 'info'],
      action: isAlert ? (refused ? 'blocked' : 'alert') : type,
      severity: isAlert ? (severities.get(integerAt(alert, 'severity') ?? 0) ?? 50) : undefined,
    },
    fields: { ...networkFields(eve), ...alertFields(alert), ...protocolFields(eve) },
  }
}

function networkFields(eve: JsonObject): EcsFields {
  const flow = objectAt(eve, 'flow')
  return {
    source: endpoint(textAt(eve, 'src_ip'), integerAt(eve, 'src_port'), {
      bytes: integerAt(flow, 'bytes_toserver'),
      packets: integerAt(flow, 'pkts_toserver'),
    }),
    destination: endpoint(textAt(eve, 'dest_ip'), integerAt(eve, 'dest_port'), {
      bytes: integerAt(flow, 'bytes_toclient'),
      packets: integerAt(flow, 'pkts_toclient'),
    }),
    network: {
      transport: textAt(eve, 'proto')?.toLowerCase(),
      protocol: textAt(eve, 'app_proto'),
      community_id: textAt(eve, 'community_id'),
      vlan: { id: textAt(eve, 'vlan') },
    },
    observer: { ingress: { interface: { name: textAt(eve, 'in_iface') } }, hostname: textAt(eve, 'host') },
    suricata: { eve: { flow_id: textAt(eve, 'flow_id') } },
  }
}

function alertFields(alert: JsonObject): EcsFields {
  const metadata = objectAt(alert, 'metadata')
  return {
    message: textAt(alert, 'signature'),
    rule: {
      id: textAt(alert, 'signature_id'),
      name: textAt(alert, 'signature'),
      category: textAt(alert, 'category'),
      version: textAt(alert, 'rev'),
    },
    threat: {
      tactic: { id: textsAt(metadata, 'mitre_tactic_id'), name: textsAt(metadata, 'mitre_tactic_name') },
      technique: {
        id: textsAt(metadata, 'mitre_technique_id'),
        name: textsAt(metadata, 'mitre_technique_name'),
      },
    },
  }
}

function protocolFields(eve: JsonObject): EcsFields {
  const [http, tls, file] = [objectAt(eve, 'http'), objectAt(eve, 'tls'), objectAt(eve, 'fileinfo')]
  return {
    url: urlFields(textAt(http, 'url'), textAt(http, 'hostname')),
    http: {
      version: textAt(http, 'protocol')?.replace(/^HTTP\//, ''),
      request: { method: textAt(http, 'http_method'), referrer: textAt(http, 'http_refer') },
      response: {
        status_code: integerAt(http, 'status'),
        mime_type: textAt(http, 'http_content_type'),
        body: { bytes: integerAt(http, 'length') },
      },
    },
    user_agent: { original: textAt(http, 'http_user_agent') },
    dns: dnsFields(objectAt(eve, 'dns')),
    tls: {
      version: textAt(tls, 'version')?.replace(/^TLS ?v?/i, ''),
      client: { server_name: textAt(tls, 'sni'), ja3: textAt(objectAt(tls, 'ja3'), 'hash') },
      server: { subject: textAt(tls, 'subject'), issuer: textAt(tls, 'issuerdn') },
    },
    file: {
      path: textAt(file, 'filename'),
      size: integerAt(file, 'size'),
      hash: { sha256: textAt(file, 'sha256'), md5: textAt(file, 'md5') },
    },
  }
}

/** Version 1 and 2 of EVE's dns; version 3 has lists of queries. */
function dnsFields(dns: JsonObject): EcsFields {
  const [first] = Array.isArray(dns['queries']) ? dns['queries'] : []
  const query = typeof first === 'object' && first !== null && !Array.isArray(first) ? first : dns
  return {
    id: textAt(dns, 'id'),
    type: textAt(dns, 'type')?.replace('request', 'query').replace('response', 'answer'),
    question: { name: textAt(query, 'rrname'), type: textAt(query, 'rrtype') },
    response_code: textAt(dns, 'rcode'),
  }
}
