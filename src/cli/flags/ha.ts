/** The flags of `lbex ha`. Their variables begin with LBEX_HA_, except for those that `lbex run` has too. */
import {Flags, type Interfaces} from '@oclif/core'
import {
  asNumber,
  bgpRouterId,
  installFolder,
  interfaceName,
  neighbor,
  priority,
  virtualRouterId,
  type Neighbor,
} from '../ha-values.js'
import {address, path} from '../values.js'
import {daemonFlags} from './daemon.js'
import {withEnvironment} from './named.js'
import {servingFlags} from './serving.js'

const PREFIX = 'LBEX_HA_'
const repeatable = {multiple: true, multipleNonGreedy: true} as const

const addressFlag = Flags.custom<string>({
  description:
    'Virtual address, network or range that clients connect to: 192.0.2.10, 192.0.2.16/28 or 192.0.2.10-192.0.2.20. Repeatable. Required.',
  helpGroup: 'addresses',
  helpValue: 'ADDRESS|CIDR|FIRST-LAST',
  ...repeatable,
  parse: async (text) => path(text),
})

const shared = {
  ...withEnvironment(
    {
      install: Flags.custom<string>({
        description:
          'Write the files into this folder instead of printing them. Files that lbex did not write are not replaced.',
        helpGroup: 'output',
        helpValue: 'DIR',
        parse: async (text) => installFolder(text),
      })(),
    },
    PREFIX,
  ),
  'health-port': ofLbex(servingFlags['health-port']),
  'health-address': ofLbex(
    daemonFlags['health-address'],
    'IP address on which lbex run answers health checks. Default: 127.0.0.1.',
  ),
}

export const keepalivedFlags = {
  ...withEnvironment(
    {
      address: addressFlag(),
      interface: Flags.custom<string>({
        description: 'Network interface that gets the addresses. Required.',
        helpGroup: 'addresses',
        helpValue: 'NAME',
        parse: async (text) => interfaceName(text),
      })(),
      peer: Flags.custom<string>({
        description:
          'Address of a host of the group, for unicast. Repeatable. An address of this host is recognized, so the command can be the same on all hosts. Without this flag, the hosts find each other by multicast.',
        helpGroup: 'hosts',
        helpValue: 'ADDRESS',
        ...repeatable,
        parse: async (text) => address(text),
      })(),
      'virtual-router-id': Flags.custom<number>({
        default: 51,
        description:
          'Number of the group, from 1 to 255: the same on its hosts, and not used by other VRRP groups of the network.',
        helpGroup: 'hosts',
        helpValue: 'NUMBER',
        parse: async (text) => virtualRouterId(text),
      })(),
      priority: Flags.custom<number>({
        default: 100,
        description:
          'From 2 to 254. If all hosts have the same, the addresses stay at the host that has them. A host with a higher one gets them back whenever it is ready.',
        helpGroup: 'hosts',
        helpValue: 'NUMBER',
        parse: async (text) => priority(text),
      })(),
    },
    PREFIX,
  ),
  ...shared,
}

export const birdFlags = {
  ...withEnvironment(
    {
      address: addressFlag(),
      'local-as': Flags.custom<number>({
        description: 'Autonomous system (AS) of the hosts. Required.',
        helpGroup: 'BGP',
        helpValue: 'NUMBER',
        parse: async (text) => asNumber(text),
      })(),
      'router-id': Flags.custom<string>({
        description: 'An IPv4 address of this host, different on each host. Required.',
        helpGroup: 'BGP',
        helpValue: 'ADDRESS',
        parse: async (text) => bgpRouterId(text),
      })(),
      neighbor: Flags.custom<Neighbor>({
        description: 'A router and its AS: 192.0.2.1=64512. Repeatable. Required.',
        helpGroup: 'BGP',
        helpValue: 'ADDRESS=AS',
        ...repeatable,
        parse: async (text) => neighbor(text),
      })(),
      'password-file': Flags.custom<string>({
        description: 'File with the password of the BGP sessions (TCP MD5). Default: no password.',
        helpGroup: 'BGP',
        helpValue: 'FILE',
        parse: async (text) => path(text),
      })(),
    },
    PREFIX,
  ),
  ...shared,
}

export type KeepalivedFlags = Interfaces.InferredFlags<typeof keepalivedFlags>
export type BirdFlags = Interfaces.InferredFlags<typeof birdFlags>

/** The same flag in another group of the help. */
function ofLbex<T extends {description?: string}>(flag: T, description = flag.description): T {
  return {...flag, helpGroup: 'health checks', description}
}
