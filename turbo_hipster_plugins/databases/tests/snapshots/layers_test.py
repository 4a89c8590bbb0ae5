"""A body is kept as a snapshot, or as a layer that lies upon another."""

from turbo_hipster_databases.model import Body
from turbo_hipster_databases.snapshots import Store


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def layer_upon(store, snapshot, manifest, room):
    upper = room / f"upper-{manifest.key}"
    upper.mkdir(parents=True)
    (upper / "new").write_text("new")
    body = Body(room, "overlay", snapshot.layers, upper, room)
    return store.keep(manifest, body)


def test_a_layer_keeps_what_it_lies_upon(places, manifest, fill, content):
    store, room = places()
    whole = store.make(manifest("whole"), fill)
    before = content(whole.layers[0])
    layer = layer_upon(store, whole, manifest("layer"), room)
    assert layer.layers == (
        store.folder / layer.key / "data", whole.layers[0],
    )  # fmt: skip
    assert names(layer.layers[0]) == ["new"]
    assert content(whole.layers[0]) == before
    store.close()
    assert not store.drop(whole)
    with Store(store.folder) as third:
        third.find(manifest("layer"))
        assert [entry.in_use for entry in store.list()] == [True, True]
        assert store.prune(2**60) == []
    assert store.prune(2**60) == [layer, whole]


def test_a_layer_whose_ground_is_gone_is_made_anew(places, manifest, fill):
    store, room = places()
    whole = store.make(manifest("whole"), fill)
    layer = layer_upon(store, whole, manifest("layer"), room)
    store.close()
    (whole.folder / "manifest.json").write_text("?")
    assert store.find(manifest("layer")) is None
    whole = store.make(manifest("whole"), fill)
    assert store.find(manifest("layer")) == layer


def test_a_body_is_kept_by_moving_it(places, manifest, fill, content):
    store, room = places()
    (room / "data").mkdir(mode=0o700)
    fill(room / "data")
    before = content(room / "data")
    inode = (room / "data" / "PG_VERSION").stat().st_ino
    kept = store.keep(manifest(), Body(room / "data", "copy"))
    assert not (room / "data").exists()
    assert (kept.layers[0] / "PG_VERSION").stat().st_ino == inode
    assert content(kept.layers[0]) == before


def test_layers_end_before_the_options_of_a_mount_do(places, manifest, fill):
    store, room = places()
    snapshot = store.make(manifest("0"), fill)
    depths = []
    for number in range(1, 12):
        snapshot = layer_upon(store, snapshot, manifest(str(number)), room)
        depths.append(len(snapshot.layers))
    assert max(depths) == 8
    assert depths[-1] < 8
    assert (snapshot.layers[-1] / "PG_VERSION").exists()
