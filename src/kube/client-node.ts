/**
 * What is used of the Kubernetes client. Named here, because a bundler keeps all of a package that is imported whole at run
 * time, and this one holds the types of every Kubernetes API.
 */
export {KubeConfig, loadYaml} from '@kubernetes/client-node'
