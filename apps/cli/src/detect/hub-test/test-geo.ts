import type { GeoRow } from '@sevenfold/detection/hub'

/**
 * What the hub's tests expect of the geo databases that they cannot bring along: those with databases of their own know
 * one invented network, the others two addresses of the real databases.
 */
export const testNetworks: readonly GeoRow[] = [
  {
    network: '1.2.3.0/24',
    isoCode: 'FR',
    latitude: 46,
    longitude: 2,
    isInEu: true,
    asNumber: 4242,
    asOrganization: 'Crowdsec',
    range: '1.2.3.0/24',
  },
]

/** See {@link testNetworks}. */
export const realAddresses: readonly GeoRow[] = [
  {
    network: '1.2.3.4',
    isoCode: 'AU',
    latitude: -33.494,
    longitude: 143.2104,
    isInEu: false,
    asNumber: 0,
    asOrganization: '',
    range: '',
  },
  {
    network: '9.8.8.8',
    isoCode: 'US',
    latitude: 37.751,
    longitude: -97.822,
    isInEu: false,
    asNumber: 0,
    asOrganization: '',
    range: '',
  },
]
