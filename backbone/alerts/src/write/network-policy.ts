import { AlertsError } from '../alerts-error.ts'

const name = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/
const labelKey =
  /^(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/
const labelValue = /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$/

/** What a policy isolates. */
export interface IsolatedPods {
  readonly namespace: string
  readonly labels: Readonly<Record<string, string>>
}

/**
 * A NetworkPolicy (networking.k8s.io/v1) that lets nothing in or out of some pods, as JSON, which is YAML.
 * @throws AlertsError for names that Kubernetes would not take.
 */
export function networkPolicy({ namespace, labels }: IsolatedPods, policyName: string): string {
  const pairs = Object.entries(labels)
  const isGood =
    name.test(namespace) &&
    name.test(policyName) &&
    pairs.length > 0 &&
    pairs.every(([key, value]) => labelKey.test(key) && labelValue.test(value))
  // Without a label the policy would cut off the whole namespace.
  if (!isGood) throw new AlertsError('ALERTS_PLAYBOOK', 'isolation needs a namespace and at least one label')
  return JSON.stringify(
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: policyName, namespace, labels: { 'app.kubernetes.io/managed-by': 'sevenfold' } },
      spec: {
        podSelector: { matchLabels: labels },
        policyTypes: ['Ingress', 'Egress'],
        ingress: [],
        egress: [],
      },
    },
    undefined,
    2,
  )
}
