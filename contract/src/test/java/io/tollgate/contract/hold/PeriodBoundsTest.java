package io.tollgate.contract.hold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tollgate.contract.hold.Period.Unit;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class PeriodBoundsTest {
  private static final String BERLIN = "Europe/Berlin";

  /** A period and a moment. */
  record Case(Period period, Instant now) {}

  @Test
  void a_day_in_spring_when_clocks_go_forward_has_23_hours() {
    PeriodBounds day = around(1, Unit.DAY, BERLIN, "2026-03-29T12:00:00");

    assertThat(day.start()).isEqualTo(at(BERLIN, "2026-03-29T00:00:00"));
    assertThat(day.next()).isEqualTo(at(BERLIN, "2026-03-30T00:00:00"));
    assertThat(Duration.between(day.start(), day.next())).isEqualTo(Duration.ofHours(23));
    assertThat(day.afterNext()).isEqualTo(at(BERLIN, "2026-03-31T00:00:00"));
  }

  @Test
  void a_day_in_autumn_when_clocks_go_back_has_25_hours() {
    PeriodBounds day = around(1, Unit.DAY, BERLIN, "2026-10-25T12:00:00");

    assertThat(Duration.between(day.start(), day.next())).isEqualTo(Duration.ofHours(25));
  }

  @Test
  void an_hour_is_an_hour_when_clocks_change() {
    Instant change = Instant.parse("2026-10-25T01:00:00Z");
    for (int minutes = -90; minutes <= 90; minutes += 30) {
      Instant now = change.plus(Duration.ofMinutes(minutes));
      PeriodBounds hour = PeriodBounds.around(new Period(1, Unit.HOUR, BERLIN), now);

      assertThat(Duration.between(hour.start(), hour.next())).isEqualTo(Duration.ofHours(1));
      assertThat(hour.start()).isBeforeOrEqualTo(now);
      assertThat(hour.next()).isAfter(now);
    }
  }

  @Test
  void a_month_ends_with_the_month() {
    PeriodBounds january = around(1, Unit.MONTH, BERLIN, "2026-01-31T23:59:59");

    assertThat(january.start()).isEqualTo(at(BERLIN, "2026-01-01T00:00:00"));
    assertThat(january.next()).isEqualTo(at(BERLIN, "2026-02-01T00:00:00"));
    assertThat(january.afterNext()).isEqualTo(at(BERLIN, "2026-03-01T00:00:00"));
  }

  @Test
  void a_leap_years_february_has_29_days() {
    PeriodBounds february = around(1, Unit.MONTH, "UTC", "2028-02-29T10:00:00");

    assertThat(Duration.between(february.start(), february.next())).isEqualTo(Duration.ofDays(29));
  }

  @Test
  void a_month_from_first_use_ends_on_the_same_day_or_the_months_last() {
    Period month = new Period(1, Unit.MONTH, null);

    assertThat(PeriodBounds.endOfUse(month, Instant.parse("2026-01-31T15:30:00Z")))
        .isEqualTo(Instant.parse("2026-02-28T15:30:00Z"));
    assertThat(PeriodBounds.endOfUse(month, Instant.parse("2028-01-31T15:30:00Z")))
        .isEqualTo(Instant.parse("2028-02-29T15:30:00Z"));
    assertThat(PeriodBounds.endOfUse(month, Instant.parse("2026-04-12T01:02:03Z")))
        .isEqualTo(Instant.parse("2026-05-12T01:02:03Z"));
    assertThat(PeriodBounds.endOfUse(Period.ofSeconds(90), Instant.EPOCH))
        .isEqualTo(Instant.ofEpochSecond(90));
  }

  @Test
  void weeks_begin_on_monday() {
    PeriodBounds week = around(1, Unit.WEEK, BERLIN, "2026-11-22T02:00:00");

    assertThat(week.start()).isEqualTo(at(BERLIN, "2026-11-16T00:00:00"));
    assertThat(week.next()).isEqualTo(at(BERLIN, "2026-11-23T00:00:00"));
  }

  @Test
  void two_weeks_and_three_months_begin_on_the_same_days_whenever_asked() {
    PeriodBounds first = around(2, Unit.WEEK, BERLIN, "2026-11-23T02:00:00");
    PeriodBounds second = around(2, Unit.WEEK, BERLIN, "2026-12-06T22:00:00");
    PeriodBounds quarter = around(3, Unit.MONTH, BERLIN, "2026-11-22T02:00:00");

    assertThat(first).isEqualTo(second);
    assertThat(first.start()).isEqualTo(at(BERLIN, "2026-11-23T00:00:00"));
    assertThat(Duration.between(first.start(), first.next())).isEqualTo(Duration.ofDays(14));
    assertThat(quarter.start()).isEqualTo(at(BERLIN, "2026-10-01T00:00:00"));
    assertThat(quarter.next()).isEqualTo(at(BERLIN, "2027-01-01T00:00:00"));
  }

  @Test
  void in_a_zone_of_half_hours_an_hour_begins_by_its_own_clock() {
    PeriodBounds hour = around(1, Unit.HOUR, "Asia/Kolkata", "2026-11-22T10:45:00");

    assertThat(hour.start()).isEqualTo(Instant.parse("2026-11-22T04:30:00Z"));
    assertThat(hour.next()).isEqualTo(Instant.parse("2026-11-22T05:30:00Z"));
  }

  @Test
  void where_half_an_hour_is_left_out_the_day_ends_at_midnight_all_the_same() {
    PeriodBounds last = around(1, Unit.HOUR, "Australia/Lord_Howe", "2026-10-04T23:45:00");

    assertThat(last.next()).isEqualTo(at("Australia/Lord_Howe", "2026-10-05T00:00:00"));
    assertThat(Duration.between(last.start(), last.next())).isEqualTo(Duration.ofMinutes(30));
  }

  @Test
  void what_does_not_divide_the_day_is_cut_short_at_midnight() {
    PeriodBounds last = around(5, Unit.HOUR, "UTC", "2026-11-22T22:00:00");

    assertThat(last.start()).isEqualTo(Instant.parse("2026-11-22T20:00:00Z"));
    assertThat(last.next()).isEqualTo(Instant.parse("2026-11-23T00:00:00Z"));
    assertThat(last.afterNext()).isEqualTo(Instant.parse("2026-11-23T05:00:00Z"));
  }

  @Test
  void a_day_that_begins_at_one_as_midnight_is_left_out_begins_there() {
    PeriodBounds day = around(1, Unit.DAY, "Africa/Cairo", "2026-04-24T12:00:00");

    assertThat(day.start()).isEqualTo(Instant.parse("2026-04-23T22:00:00Z"));
    assertThat(Duration.between(day.start(), day.next())).isEqualTo(Duration.ofHours(23));
  }

  @Test
  void a_day_that_the_zone_has_left_out_has_no_period() {
    PeriodBounds day = around(1, Unit.DAY, "Pacific/Apia", "2011-12-29T12:00:00");

    assertThat(day.next()).isEqualTo(at("Pacific/Apia", "2011-12-31T00:00:00"));
    assertThat(day.afterNext()).isEqualTo(at("Pacific/Apia", "2012-01-01T00:00:00"));
  }

  @Test
  void a_period_without_a_zone_is_in_no_calendar() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PeriodBounds.around(Period.ofSeconds(60), Instant.EPOCH));
  }

  @Property(tries = 2000)
  void every_moment_is_in_one_period_and_periods_follow_one_another(@ForAll("cases") Case c) {
    PeriodBounds bounds = PeriodBounds.around(c.period(), c.now());

    assertThat(bounds.start()).isBeforeOrEqualTo(c.now());
    assertThat(bounds.next()).isAfter(c.now());
    assertThat(bounds.afterNext()).isAfter(bounds.next());
    assertThat(PeriodBounds.around(c.period(), bounds.start())).isEqualTo(bounds);
    assertThat(PeriodBounds.around(c.period(), bounds.next().minusMillis(1))).isEqualTo(bounds);
    PeriodBounds following = PeriodBounds.around(c.period(), bounds.next());
    assertThat(following.start()).isEqualTo(bounds.next());
    assertThat(following.next()).isEqualTo(bounds.afterNext());
  }

  @Provide
  static Arbitrary<Case> cases() {
    Arbitrary<Period> periods =
        Combinators.combine(
                Arbitraries.longs().between(1, 13),
                Arbitraries.of(Unit.class).filter(unit -> unit != Unit.MILLISECOND),
                Arbitraries.of(
                    "UTC",
                    BERLIN,
                    "America/New_York",
                    "America/St_Johns",
                    "America/Havana",
                    "Asia/Kolkata",
                    "Asia/Kathmandu",
                    "Africa/Cairo",
                    "Australia/Lord_Howe",
                    "Pacific/Apia"))
            .as(Period::new);
    long second = Instant.parse("2010-01-01T00:00:00Z").getEpochSecond();
    Arbitrary<Instant> anywhere =
        Arbitraries.longs().between(second, 2L * second).map(Instant::ofEpochSecond);
    Arbitrary<Instant> nearChanges =
        Combinators.combine(
                Arbitraries.of(
                    "2010-11-07T02:31:00Z",
                    "2011-12-30T10:00:00Z",
                    "2026-03-29T01:00:00Z",
                    "2026-10-25T01:00:00Z",
                    "2026-04-04T15:00:00Z",
                    "2026-10-03T15:30:00Z",
                    "2026-04-23T22:00:00Z",
                    "2026-10-29T21:00:00Z"),
                Arbitraries.integers().between(-180, 180))
            .as((change, minutes) -> Instant.parse(change).plusSeconds(60L * minutes));
    return Combinators.combine(periods, Arbitraries.oneOf(anywhere, nearChanges)).as(Case::new);
  }

  private static PeriodBounds around(long count, Unit unit, String zone, String local) {
    return PeriodBounds.around(new Period(count, unit, zone), at(zone, local));
  }

  private static Instant at(String zone, String local) {
    return LocalDateTime.parse(local).atZone(ZoneId.of(zone)).toInstant();
  }
}
