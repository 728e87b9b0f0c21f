/** Probes one server once, as its check says. */
import type {HealthCheckType} from '../core/intent/health-check.js'
import {probeHttp} from './probe-http.js'
import type {Probe} from './probe-result.js'
import {probeTcp} from './probe-tcp.js'
import {probeUdp} from './probe-udp.js'

export const probe: Probe = (target, decide) => PROBES[target.check.type](target, decide)

const PROBES: Readonly<Record<HealthCheckType, Probe>> = {tcp: probeTcp, http: probeHttp, udp: probeUdp}
