import { readModelStoreContract } from '../contracts/read-model-store.contract.js';
import { testPlatform } from '../platform/test-platform.js';
import { ReplicaSet } from './replica-set.js';
import { ReplicaSetClient } from './replica-set-client.js';

readModelStoreContract({
  name: 'ReplicaSetClient, while nothing happens',
  open: () => {
    const platform = testPlatform({ seed: 1 });
    const set = new ReplicaSet(platform);
    const client = (): ReplicaSetClient => new ReplicaSetClient(set, { platform });
    const store = client();
    return Promise.resolve({
      ...{ store, another: () => Promise.resolve(client()), reopen: () => Promise.resolve(client()) },
      dispose: () => store.close(),
    });
  },
});
