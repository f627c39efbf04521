// In place of the HTTP clients that the reader of kubeconfigs brings along: it makes agents of them, and Vidra uses its own.
class Agent {}

// Not the global Headers: touching it loads Node's own fetch.
export { Agent as default, Agent as Headers, Agent as HttpProxyAgent, Agent as HttpsProxyAgent, Agent as SocksProxyAgent };
