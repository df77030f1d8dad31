import de.bwaldvogel.mongo.MongoCollection;
import de.bwaldvogel.mongo.MongoDatabase;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.CursorRegistry;
import de.bwaldvogel.mongo.backend.Index;
import de.bwaldvogel.mongo.backend.IndexKey;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.backend.h2.H2Database;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import java.util.List;
import org.h2.mvstore.MVStore;

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
      return new IndexedDatabase(name, getMvStore(), getCursorRegistry());
    }
  }

  private static class IndexedDatabase extends H2Database {
    IndexedDatabase(String name, MVStore store, CursorRegistry cursors) {
      super(name, store, cursors);
    }

    @Override
    protected Index<Object> openOrCreateUniqueIndex(String collection, String name, List<IndexKey> keys, boolean sparse) {
      return new LeadingIndex(super.openOrCreateUniqueIndex(collection, name, keys, sparse), sparse);
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
