/** Services with one Pod each, on this host, which share a listen port by annotation. */
import {anEndpoint, aService, aSlice, aSnapshot, options} from './builders.js'
import {translate} from './translate.js'
import type {NginxFile} from '../../src/dataplane/nginx-file.js'

export type SharedService = {
  readonly name: string
  /** Port of the Pod at 127.0.0.1; absent: there is no Pod. */
  readonly to?: number | undefined
  /** Keys without `loadbalancer.lbex/`. */
  readonly annotations: Readonly<Record<string, string>>
}

/** The files of these Services, which listen on this port of 127.0.0.1. */
export function filesOf(
  services: readonly SharedService[],
  listen: number,
  protocol: 'TCP' | 'UDP' = 'TCP',
): NginxFile[] {
  const parts = services.flatMap(({name, to, annotations}) => {
    const service = aService(name)
      .annotated({'upstream-type': 'pod', ...annotations})
      .port('main', 1, {listen, protocol})
    const slice = aSlice(name).port('main', to ?? 1, protocol)
    return [service, to === undefined ? slice : slice.endpoints(anEndpoint('127.0.0.1'))]
  })
  const listenAddresses = {IPv4: ['127.0.0.1'], IPv6: []}
  const {files} = translate(aSnapshot(parts), options({listenAddresses, allowLocalEndpoints: true}))
  return files.filter(({owners}) => owners.length > 0)
}
