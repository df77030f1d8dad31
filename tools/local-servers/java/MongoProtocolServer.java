import de.bwaldvogel.mongo.MongoCollection;
import de.bwaldvogel.mongo.MongoDatabase;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.CollectionOptions;
import de.bwaldvogel.mongo.backend.CursorRegistry;
import de.bwaldvogel.mongo.backend.Index;
import de.bwaldvogel.mongo.backend.IndexKey;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.backend.h2.H2Collection;
import de.bwaldvogel.mongo.backend.h2.H2Database;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import java.nio.ByteBuffer;
import java.util.List;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.WriteBuffer;
import org.h2.mvstore.type.ObjectDataType;

/** A server that speaks MongoDB's protocol, on a file. Its argument is the file, its property `port` the port. */
class MongoProtocolServer {
  public static void main(String[] args) {
    try {
      serve(new JournaledBackend(args[0]), Integer.getInteger("port"));
    } catch (Exception error) {
      System.err.println(error);
      // The threads of what was opened already would keep the process alive.
      Runtime.getRuntime().halt(1);
    }
  }

  private static void serve(JournaledBackend backend, int port) {
    backend.version(new Version());
    var server = new MongoServer(backend);
    server.bind("127.0.0.1", port);
    Runtime.getRuntime().addShutdownHook(new Thread(server::shutdownNow));
  }

  /** Drivers leave a server alone that says it is as old as this one says by itself. */
  private static class Version implements MongoVersion {
    @Override
    public List<Integer> getVersionArray() {
      return List.of(6, 0, 0);
    }

    @Override
    public int getWireVersion() {
      return 17;
    }
  }

  /** What was acknowledged with `j: true` survives a kill; by itself the server keeps a second in memory. */
  private static class JournaledBackend extends H2Backend {
    // Where the super class of the database looks for them when it renames or drops a collection.
    private static final String DOCUMENTS = "databases.";
    private static final String FACTS = "meta.";

    JournaledBackend(String file) {
      super(file);
    }

    @Override
    public Document handleMessage(MongoMessage message) {
      var answer = super.handleMessage(message);
      if (message.getDocument().get("writeConcern") instanceof Document concern && Boolean.TRUE.equals(concern.get("j")))
        commit();
      return answer;
    }

    @Override
    protected MongoDatabase openOrCreateDatabase(String name) {
      return new SteadyDatabase(name);
    }

    /** What one client reads is not torn by what another one writes, nor by a commit. */
    private class SteadyDatabase extends H2Database {
      SteadyDatabase(String name) {
        super(name, getMvStore(), getCursorRegistry());
      }

      @Override
      protected MongoCollection<Object> openOrCreateCollection(String name, CollectionOptions options) {
        MVMap<Object, Document> documents = open(DOCUMENTS + getFullCollectionNamespace(name));
        MVMap<String, Object> facts = open(FACTS + getFullCollectionNamespace(name));
        return new H2Collection(this, name, options, documents, facts, getCursorRegistry()) {
          /** A copy: the server changes a document in place, also while it is being sent to somebody. */
          @Override
          protected Document getDocument(Object position) {
            return super.getDocument(position).cloneDeeply();
          }
        };
      }

      @Override
      protected Index<Object> openOrCreateUniqueIndex(String collection, String name, List<IndexKey> keys, boolean sparse) {
        // The super class then gets the map that is open.
        open(getFullCollectionNamespace(collection) + "._index_" + name);
        return new LeadingIndex(super.openOrCreateUniqueIndex(collection, name, keys, sparse), sparse);
      }

      private <K, V> MVMap<K, V> open(String map) {
        return getMvStore().openMap(map, new MVMap.Builder<K, V>().keyType(new SteadyType()).valueType(new SteadyType()));
      }
    }
  }

  /** By itself it remembers the last type that it has met, and a thread that commits changes that while another one compares. */
  private static class SteadyType extends ObjectDataType {
    @Override
    public synchronized int compare(Object a, Object b) {
      return super.compare(a, b);
    }

    @Override
    public synchronized int getMemory(Object object) {
      return super.getMemory(object);
    }

    @Override
    public synchronized void write(WriteBuffer buffer, Object object) {
      super.write(buffer, object);
    }

    @Override
    public synchronized Object read(ByteBuffer buffer) {
      return super.read(buffer);
    }
  }

  /**
   * Serves queries that ask for its fields and for others too, `{ _id, revision }` by `_id`: the server matches what an index
   * finds with the whole query. By itself it looks at every document then.
   */
  private static class LeadingIndex extends Index<Object> {
    private final Index<Object> index;

    LeadingIndex(Index<Object> index, boolean sparse) {
      super(index.getName(), index.getKeys(), sparse);
      this.index = index;
    }

    @Override
    public boolean canHandle(Document query) {
      return query.keySet().containsAll(keySet()) && index.canHandle(ownPartOf(query));
    }

    @Override
    public Iterable<Object> getPositions(Document query) {
      return index.getPositions(ownPartOf(query));
    }

    private Document ownPartOf(Document query) {
      var part = new Document();
      for (var key : keys()) part.put(key, query.get(key));
      return part;
    }

    @Override
    public Object getPosition(Document document) {
      return index.getPosition(document);
    }

    @Override
    public void checkAdd(Document document, MongoCollection<Object> collection) {
      index.checkAdd(document, collection);
    }

    @Override
    public void add(Document document, Object position, MongoCollection<Object> collection) {
      index.add(document, position, collection);
    }

    @Override
    public Object remove(Document document) {
      return index.remove(document);
    }

    @Override
    public void checkUpdate(Document before, Document after, MongoCollection<Object> collection) {
      index.checkUpdate(before, after, collection);
    }

    @Override
    public void updateInPlace(Document before, Document after, Object position, MongoCollection<Object> collection) {
      index.updateInPlace(before, after, position, collection);
    }

    @Override
    public long getCount() {
      return index.getCount();
    }

    @Override
    public long getDataSize() {
      return index.getDataSize();
    }

    @Override
    public boolean isUnique() {
      return index.isUnique();
    }

    @Override
    public void drop() {
      index.drop();
    }
  }
}
