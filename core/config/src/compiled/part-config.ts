import type { z } from 'zod'
import type { Listen } from '../schema/address.ts'
import type { alertsSchema, playbooksSchema } from '../schema/alerts.ts'
import type { consoleSchema, runtimeSchema } from '../schema/backbone.ts'
import type { collectorSchema } from '../schema/collector.ts'
import type { ledgerSchema } from '../schema/ledger.ts'
import type { detectionSchema } from '../schema/detection.ts'
import type { edgeSchema } from '../schema/edge.ts'
import type { siteSchema } from '../schema/site.ts'
import type { Mode } from '@sevenfold/event'
import type { Compiled } from './compiled.ts'

/** What every part's `config.json` holds besides its own section. */
export interface PartConfigBase {
  /** Version of the compiled form. */
  readonly v: 1
  /** Most bytes of this part's own spool; its share of `storage.budget`. */
  readonly spoolBytes: number
}

type Site = Compiled<z.output<typeof siteSchema>>

/**
 * One site as the edge runs it. `mode` and `onInspectionFailure` are filled in from the edge section;
 * `steps` holds only the steps whose mode differs from the site's.
 */
export interface SiteConfig extends Omit<Site, 'mode' | 'onInspectionFailure'> {
  readonly mode: Mode
  readonly onInspectionFailure: 'refuse' | 'pass'
}

/** Limits of the edge: sizes in bytes, times in milliseconds, counts. */
export interface EdgeLimits extends Compiled<z.output<typeof edgeSchema>['limits']> {}

/** `data/edge/config.json`. */
export interface EdgeConfig extends PartConfigBase, Omit<Compiled<z.output<typeof edgeSchema>>, 'limits'> {
  readonly limits: EdgeLimits
  readonly sites: readonly SiteConfig[]
  /** Our own listeners (sites, console, Local API): refused as upstreams, also after a name was resolved to one. */
  readonly ownListeners: readonly Listen[]
}

/** `data/detection/config.json`; paths of sources are absolute. */
export interface DetectionConfig extends PartConfigBase, Compiled<z.output<typeof detectionSchema>> {
  readonly sites: readonly { readonly name: string }[]
  /** Proxies that any site trusts: never banned. */
  readonly declaredProxies: readonly string[]
  /** As `admin.trusted`. */
  readonly trusted: readonly string[]
}

/** `data/ledger/config.json`. */
export interface LedgerConfig extends PartConfigBase, Compiled<z.output<typeof ledgerSchema>> {
  /** Most bytes of all segments; the ledger's share of `storage.budget`. */
  readonly segmentsBytes: number
  /** Where detection listens for other hosts; told to those that enrol. */
  readonly detectionUrl?: string
}

/** `data/collector/config.json`. */
export interface CollectorConfig extends PartConfigBase, Compiled<z.output<typeof collectorSchema>> {
  /** Most bytes of the index; the collector's share of `storage.budget`. */
  readonly indexBytes: number
  /** Which sites want their allowed requests one by one, and which as counts a minute. */
  readonly sites: readonly Pick<SiteConfig, 'name' | 'accessEvents'>[]
}

/** `data/alerts/config.json`; paths are absolute. */
export interface AlertsConfig extends PartConfigBase, Compiled<z.output<typeof alertsSchema>> {
  readonly playbooks: Compiled<z.output<typeof playbooksSchema>>
}

/** `data/console/config.json`. */
export interface ConsoleConfig extends PartConfigBase, Compiled<z.output<typeof consoleSchema>> {
  /** As `admin.trusted`: empty means loopback only. */
  readonly trusted: readonly string[]
  readonly sites: readonly { readonly name: string; readonly listen: Listen; readonly mode: Mode }[]
}

/** `data/runtime/config.json`. */
export interface RuntimeConfig extends PartConfigBase, Compiled<z.output<typeof runtimeSchema>> {}

/** The compiled configuration of every part, by part. */
export interface PartConfigs {
  readonly edge: EdgeConfig
  readonly runtime: RuntimeConfig
  readonly detection: DetectionConfig
  readonly ledger: LedgerConfig
  readonly collector: CollectorConfig
  readonly alerts: AlertsConfig
  readonly console: ConsoleConfig
}
