package io.tollgate.limiter;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.config.Allowance;
import io.tollgate.contract.config.ScheduleSlot;
import io.tollgate.contract.hold.Algorithm;
import io.tollgate.contract.hold.LimitTerms;
import io.tollgate.contract.hold.Period;
import io.tollgate.contract.tokens.Count;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

/** Which numbers hold when, above all on the two nights when clocks are set. */
class TimetableTest {
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
  private static final LimitTerms MINUTE = LimitTerms.fixed(100, 60);
  private static final LimitTerms DAY = LimitTerms.fixed(9000, 86_400);

  @Test
  void a_slot_begins_with_its_first_minute_and_ends_before_its_last() {
    ScheduleSlot office = slot(EnumSet.range(DayOfWeek.MONDAY, DayOfWeek.FRIDAY), "09:00", "18:00");

    assertThat(holds(office, "2026-11-20T08:59:59.999+01:00")).isFalse(); // a Friday
    assertThat(holds(office, "2026-11-20T09:00:00+01:00")).isTrue();
    assertThat(holds(office, "2026-11-20T17:59:59.999+01:00")).isTrue();
    assertThat(holds(office, "2026-11-20T18:00:00+01:00")).isFalse();
    assertThat(holds(office, "2026-11-21T12:00:00+01:00")).isFalse();
  }

  @Test
  void a_slot_over_midnight_belongs_to_the_day_on_which_it_begins() {
    ScheduleSlot sundayNight = slot(EnumSet.of(DayOfWeek.SUNDAY), "22:00", "06:00");

    assertThat(holds(sundayNight, "2026-11-22T05:00:00+01:00")).isFalse(); // Saturday's night
    assertThat(holds(sundayNight, "2026-11-22T22:00:00+01:00")).isTrue();
    assertThat(holds(sundayNight, "2026-11-23T00:00:00+01:00")).isTrue(); // over the week's end
    assertThat(holds(sundayNight, "2026-11-23T05:59:59+01:00")).isTrue();
    assertThat(holds(sundayNight, "2026-11-23T06:00:00+01:00")).isFalse();
    assertThat(holds(sundayNight, "2026-11-23T22:00:00+01:00")).isFalse();
  }

  @Test
  void a_slot_to_midnight_ends_with_its_day() {
    ScheduleSlot evening = slot(EnumSet.of(DayOfWeek.SATURDAY), "18:00", "00:00");

    assertThat(holds(evening, "2026-11-21T23:59:59.999+01:00")).isTrue();
    assertThat(holds(evening, "2026-11-22T00:00:00+01:00")).isFalse();
  }

  @Test
  void a_whole_day_is_that_day() {
    ScheduleSlot sunday = slot(EnumSet.of(DayOfWeek.SUNDAY), "00:00", "00:00");

    assertThat(holds(sunday, "2026-11-21T23:59:59.999+01:00")).isFalse();
    assertThat(holds(sunday, "2026-11-22T00:00:00+01:00")).isTrue();
    assertThat(holds(sunday, "2026-11-22T23:59:59.999+01:00")).isTrue();
    assertThat(holds(sunday, "2026-11-23T00:00:00+01:00")).isFalse();
  }

  @Test
  void an_hour_that_is_left_out_in_spring_is_left_out_of_its_slot() {
    ScheduleSlot night = slot(EnumSet.allOf(DayOfWeek.class), "02:30", "04:00");
    ScheduleSlot lost = slot(EnumSet.allOf(DayOfWeek.class), "02:00", "03:00");

    // On 29 March 2026 clocks go from 02:00 +01:00 to 03:00 +02:00.
    assertThat(holds(night, "2026-03-29T01:59:59+01:00")).isFalse();
    assertThat(holds(night, "2026-03-29T03:00:00+02:00")).isTrue();
    assertThat(holds(night, "2026-03-29T04:00:00+02:00")).isFalse();
    Instant midnight = Instant.parse("2026-03-28T23:00:00Z");
    for (int minute = 0; minute < 23 * 60; minute++) {
      assertThat(Timetable.holds(lost, midnight.plusSeconds(minute * 60L))).isFalse();
    }
  }

  @Test
  void an_hour_that_comes_twice_in_autumn_belongs_to_its_slot_twice() {
    ScheduleSlot twice = slot(EnumSet.of(DayOfWeek.SUNDAY), "02:00", "03:00");

    // On 25 October 2026 clocks go from 03:00 +02:00 to 02:00 +01:00.
    assertThat(holds(twice, "2026-10-25T01:59:59+02:00")).isFalse();
    assertThat(holds(twice, "2026-10-25T02:00:00+02:00")).isTrue();
    assertThat(holds(twice, "2026-10-25T02:59:59+02:00")).isTrue();
    assertThat(holds(twice, "2026-10-25T02:00:00+01:00")).isTrue();
    assertThat(holds(twice, "2026-10-25T02:59:59+01:00")).isTrue();
    assertThat(holds(twice, "2026-10-25T03:00:00+01:00")).isFalse();
  }

  @Test
  void the_first_slot_that_holds_counts_and_its_numbers_before_its_scale() {
    ScheduleSlot busy =
        new ScheduleSlot(
            EnumSet.of(DayOfWeek.MONDAY),
            LocalTime.of(9, 0),
            LocalTime.of(12, 0),
            BERLIN,
            0.5,
            Map.of("60", 7L));
    ScheduleSlot monday =
        new ScheduleSlot(
            EnumSet.of(DayOfWeek.MONDAY),
            LocalTime.MIDNIGHT,
            LocalTime.MIDNIGHT,
            BERLIN,
            2,
            Map.of());
    Timetable timetable = new Timetable(new Allowance(List.of(MINUTE, DAY), List.of(busy, monday)));

    assertThat(timetable.at(Instant.parse("2026-11-23T09:00:00Z")).windows())
        .containsExactly(MINUTE.withAmount(7), DAY.withAmount(4500));
    assertThat(timetable.at(Instant.parse("2026-11-23T13:00:00Z")).windows())
        .containsExactly(MINUTE.withAmount(200), DAY.withAmount(18_000));
    assertThat(timetable.at(Instant.parse("2026-11-24T13:00:00Z")).windows())
        .containsExactly(MINUTE, DAY);
  }

  @Test
  void other_numbers_leave_the_counter_as_it_is() {
    LimitTerms bucket =
        new LimitTerms(Algorithm.TOKEN_BUCKET, Period.ofSeconds(60), Count.OUTPUT, 100, 300);

    LimitTerms half = Scale.of(bucket, 0.5);

    assertThat(half.label()).isEqualTo(bucket.label());
    assertThat(half.amount()).isEqualTo(50);
    assertThat(half.capacity()).isEqualTo(150);
  }

  @Property
  void a_slot_holds_when_the_clock_on_the_wall_is_between_its_ends(
      @ForAll @LongRange(min = 1_735_000_000L, max = 1_830_000_000L) long second,
      @ForAll @IntRange(max = 1439) int from,
      @ForAll @IntRange(max = 1439) int to,
      @ForAll Set<DayOfWeek> days,
      @ForAll @IntRange(max = 3) int place) {
    List<String> zones =
        List.of("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu");
    ZoneId zone = ZoneId.of(zones.get(place));
    LocalTime first = LocalTime.ofSecondOfDay(from * 60L);
    LocalTime last = LocalTime.ofSecondOfDay(to * 60L);
    ScheduleSlot slot = new ScheduleSlot(days, first, last, zone, 1, Map.of());
    Instant now = Instant.ofEpochSecond(second);

    assertThat(Timetable.holds(slot, now)).isEqualTo(isBetween(slot, now));
  }

  /** Looks through all occurrences of the slot that could be going on. */
  private static boolean isBetween(ScheduleSlot slot, Instant now) {
    LocalDateTime wall = LocalDateTime.ofInstant(now, slot.zone());
    for (int back = 0; back <= 1; back++) {
      LocalDateTime begin = wall.toLocalDate().minusDays(back).atTime(slot.from());
      LocalDateTime end = begin.toLocalDate().atTime(slot.to());
      if (!end.isAfter(begin)) {
        end = end.plusDays(1);
      }
      if (slot.days().contains(begin.getDayOfWeek())
          && !wall.isBefore(begin)
          && wall.isBefore(end)) {
        return true;
      }
    }
    return false;
  }

  @Property
  void no_scale_closes_a_limit_or_goes_beyond_what_redis_can_count(
      @ForAll @LongRange(min = 1, max = 1L << 53) long amount,
      @ForAll @IntRange(min = 1, max = 1_000_000) int thousandths) {
    LimitTerms scaled = Scale.of(LimitTerms.fixed(amount, 60), thousandths / 1000.0);

    assertThat(scaled.amount()).isBetween(1L, 1L << 53);
    assertThat(scaled.capacity()).isBetween(1L, 1L << 53);
  }

  private static ScheduleSlot slot(Set<DayOfWeek> days, String from, String to) {
    return new ScheduleSlot(days, LocalTime.parse(from), LocalTime.parse(to), BERLIN, 1, Map.of());
  }

  private static boolean holds(ScheduleSlot slot, String time) {
    return Timetable.holds(slot, OffsetDateTime.parse(time).toInstant());
  }
}
